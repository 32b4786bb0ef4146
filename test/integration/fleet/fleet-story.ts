import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { startNatsServer } from '../../../src/adapters/embedded/start.ts';
import { systemEntropy } from '../../../src/adapters/system/entropy.ts';
import { AgentName, HostId, Namespace } from '../../../src/domain/identity/names.ts';
import type { LeasePolicy } from '../../../src/domain/policy/lease-policy.ts';
import { type Millis, seconds } from '../../../src/domain/time.ts';
import { setPolicy } from '../../../src/runtime/operator/operator-actions.ts';
import { signingAuthor } from '../../../src/runtime/transitions/record-change.ts';
import { openStore, portsOf } from '../../../tools/bench/environment/access.ts';
import { StateWatch } from '../../../tools/bench/fixture/state-watch.ts';
import type { JobName, Jobs } from '../../../tools/bench/processes/job.ts';
import { startWorker, type Worker } from '../../../tools/bench/processes/worker.ts';
import { divergencesOf } from '../restores/support/verified.ts';
import { Counted } from './counted-events.ts';
import { brakeOf, countLive, gone, readZone, registrySize, untilBraked } from './fleet-records.ts';

export interface FleetOptions {
  readonly binary: string;
  /** In ten processes: two of zone `a`, one over all the other zones, seven in those. */
  readonly agents: number;
  readonly lease: LeasePolicy;
  /** How long nothing happens, before anything does. */
  readonly quiet: Millis;
  readonly seats: number;
  /** Whether one of the seats is killed while the brake is on. */
  readonly killSeat: boolean;
  readonly say: (what: string) => void;
  readonly signal: AbortSignal;
}

/** The result for a part of the fleet that was killed together. */
interface Death {
  readonly killed: number;
  /** Until the median and the last of them was dubious to a consumer. */
  readonly dubious: { readonly median: Millis; readonly last: Millis };
  /** Until the last record of them was gone. */
  readonly gone: Millis;
  /** Messages in the registry's stream for each of them: records, events, tombstones. */
  readonly messagesEach: number;
  /** What braked meanwhile, as its events tell. */
  readonly brakes: readonly {
    readonly zone: string;
    readonly seen: number;
    readonly suspect: number;
  }[];
}

export interface FleetReport {
  readonly agents: number;
  readonly started: Millis;
  readonly quiet: { readonly lasted: Millis; readonly suspected: number; readonly expired: number };
  readonly zone: Death & {
    /** The brake's record as it was first seen. */
    readonly braked: { readonly seen: number; readonly suspect: number };
    /** Expired runs a second while it was on, and after it was released. */
    readonly paced: number;
    readonly free: number;
    /** An agent in another zone, killed while the brake was on: time until its record was removed. */
    readonly other: Millis;
  };
  readonly spread: Death;
  readonly divergences: readonly string[];
  /** Number of agents that were not killed and are live in the end. */
  readonly standing: { readonly expected: number; readonly live: number };
}

const zones = ['b', 'c', 'd', 'e'];

/**
 * A whole fleet on one server, with real processes, through what a fleet goes through: nothing for a
 * while; half of a zone dies at once; as many die all over the others.
 */
export async function playFleet(options: FleetOptions): Promise<FleetReport> {
  const { binary, agents, lease, say, signal } = options;
  await using opened = new AsyncDisposableStack();
  const storeDir = await mkdtemp(join(tmpdir(), 'rollcall-fleet-'));
  opened.defer(() => rm(storeDir, { recursive: true, force: true, maxRetries: 20 }));
  const server = opened.use(
    // 10 000 renewals each third of a ttl are more than a small disk syncs one by one.
    await startNatsServer({ binary, storeDir, syncInterval: '2m', signal }),
  );
  const access = { servers: [server.url], namespace: Namespace.parse('fleet') };
  const store = opened.use(await openStore(access, 'stage'));
  const ports = portsOf(store);
  const workers = opened.use(new AsyncDisposableStack());
  const start = async <N extends JobName>(name: N, task: Jobs[N]['task']): Promise<Worker<N>> =>
    workers.use(await startWorker({ name, access, task }, signal));

  const me = {
    host: HostId.parse('desk'),
    agent: AgentName.parse('operator'),
    run: systemEntropy.runId(),
  };
  const author = signingAuthor(me, ports);
  const policy = (pace: Millis) =>
    setPolicy(
      author,
      (now) => ({ ...now, seats: options.seats, brake: { ...now.brake, pace } }),
      ports,
      signal,
    );
  await policy(seconds(10));

  const collectors: Worker<'collect'>[] = [];
  for (let n = 1; n <= options.seats; n += 1) {
    collectors.push(await start('collect', { lease, name: `collector-${n}` }));
  }
  await using watch = new StateWatch(ports);
  const began = performance.now();
  const each = agents / 10;
  const crowd = { agents: each, instances: 1, lease };
  const crowds: Worker<'keep-agents'>[] = [];
  for (let n = 0; n < 10; n += 1) {
    say(`starting agents: ${n * each} of ${agents}`);
    const within = n < 2 ? ['a'] : zones;
    crowds.push(await start('keep-agents', { ...crowd, host: `host-${n}`, zones: within }));
  }
  const alone = await start('keep-agents', { ...crowd, agents: 1, host: 'alone', zones: ['b'] });
  const runs = crowds.flatMap(({ answer }) => answer);
  await watch.live(runs, signal);
  const started = performance.now() - began;

  say(`${agents} agents are live after ${Math.round(started / 1000)} s; nothing is to happen now`);
  const counted = new Counted(store.audit, signal);
  await counted.catchUp();
  counted.reset();
  await pause(options.quiet, undefined, { signal });
  await counted.catchUp();
  const quiet = {
    lasted: options.quiet,
    suspected: counted.of('suspected').length,
    expired: counted.of('expired').length,
  };

  const die = async (victims: Worker<'keep-agents'>, meanwhile: () => Promise<void>) => {
    counted.reset();
    const { upTo } = await registrySize(store);
    const at = performance.now();
    victims.kill('SIGKILL');
    const within = lease.ttl + seconds(10);
    const doubted = await watch.doubted(victims.answer, { within, signal });
    await meanwhile();
    await gone(victims.answer, ports, signal);
    const took = performance.now() - at;
    await counted.catchUp();
    const times = doubted.map((doubt) => doubt.at - at).toSorted((a, b) => a - b);
    return {
      killed: victims.answer.length,
      dubious: { median: times[times.length >> 1] ?? 0, last: times.at(-1) ?? 0 },
      gone: took,
      messagesEach: ((await registrySize(store)).upTo - upTo) / victims.answer.length,
      brakes: counted.of('tripped').map(brakeOf),
    };
  };

  let braked = { seen: 0, suspect: 0 };
  let other = 0;
  let paced = 0;
  let released = 0;
  const [first] = crowds;
  const spreadCrowd = crowds.at(-1);
  if (!first || !spreadCrowd) throw new Error('a fleet has ten parts');
  say(`killing ${each} at once, half of zone a`);
  const zone = await die(first, async () => {
    braked = await untilBraked(ports, signal);
    say(`zone a is braked: ${braked.suspect} of ${braked.seen} suspect`);
    await counted.catchUp();
    const slow = counted.of('expired').length;
    // In another zone, a single agent dies.
    const killedAt = performance.now();
    alone.kill('SIGKILL');
    await gone(alone.answer, ports, signal);
    other = performance.now() - killedAt;
    await counted.catchUp();
    say(`${counted.of('expired').length - slow} expired at the pace of one in 10 s`);
    const pace = 50;
    await policy(pace);
    const from = performance.now();
    if (options.killSeat) {
      await pause(seconds(2), undefined, { signal });
      say('killing a collector');
      collectors[0]?.kill('SIGKILL');
    }
    const before = counted.of('expired').length;
    while ((await readZone(ports)).kind === 'stored') await pause(200, undefined, { signal });
    await counted.catchUp();
    released = performance.now();
    const through = counted.of('expired').length - before;
    paced = through / ((released - from) / 1000);
    say(`the brake is released; ${through} were expired under it`);
  });
  const expiries = counted.of('expired').map(({ at }) => at);
  const releasedAt = counted.of('released')[0]?.at ?? 0;
  const after = expiries.filter((at) => at > releasedAt);
  const free = after.length / Math.max(0.1, ((after.at(-1) ?? 0) - releasedAt) / 1000);

  say(`killing ${each} at once, all over the other zones`);
  const spread = await die(spreadCrowd, async () => {});

  say('verifying the audit');
  const divergences = (await divergencesOf({ store })).map((one) => JSON.stringify(one));
  const alive = crowds.slice(1, -1).flatMap(({ answer }) => answer);
  const live = await countLive(alive, ports);
  return {
    ...{ agents, started, quiet, spread, divergences },
    zone: { ...zone, braked, paced, free, other },
    standing: { expected: alive.length, live },
  };
}
