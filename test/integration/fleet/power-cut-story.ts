import { loadavg } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { subjectNamesOf } from '../../../src/adapters/nats/connection/subject-names.ts';
import { Namespace, type RunRef } from '../../../src/domain/identity/names.ts';
import type { LeasePolicy } from '../../../src/domain/policy/lease-policy.ts';
import { type Millis, seconds } from '../../../src/domain/time.ts';
import { connectBare, openStore, portsOf } from '../../../tools/bench/environment/access.ts';
import { startCluster } from '../../../tools/bench/environment/cluster.ts';
import { cpuTimeOf } from '../../../tools/bench/environment/cpu-time.ts';
import { lastSequenceOf } from '../../../tools/bench/environment/last-sequence.ts';
import type { Environment } from '../../../tools/bench/environment/server.ts';
import { StateWatch } from '../../../tools/bench/fixture/state-watch.ts';
import type { JobName, Jobs } from '../../../tools/bench/processes/job.ts';
import { goSubject, loadedSubject } from '../../../tools/bench/processes/keep-agents.ts';
import { startWorker, type Worker } from '../../../tools/bench/processes/worker.ts';
import { divergencesOf } from '../restores/support/verified.ts';
import { Counted } from './counted-events.ts';
import { countLive } from './fleet-records.ts';

export interface PowerCutOptions {
  readonly env: Environment;
  readonly agents: number;
  readonly servers: 1 | 3;
  readonly lease: LeasePolicy;
  /** How long there is no power, and how long nothing happens after everything is back. */
  readonly off: Millis;
  readonly quiet: Millis;
  readonly say: (what: string) => void;
  readonly signal: AbortSignal;
}

/** How all agents came, from the moment at which the processes that had loaded their code started all of them. */
interface Arrival {
  /** Until a consumer had half of them, and all of them, as live. */
  readonly half: Millis;
  readonly all: Millis;
  /** Messages in the registry's stream for each agent. */
  readonly messagesEach: number;
  /** CPU time of all servers for each agent. */
  readonly serverCpuEach: Millis;
  /** Load average of the machine at the end. */
  readonly load: number;
}

export interface PowerCutReport {
  readonly agents: number;
  /** Batches of the bare client with the messages of one agent, per second, 40 at once, before all else. */
  readonly bareBatches: number;
  /** All start at the same moment in an empty registry. */
  readonly first: Arrival;
  /** All start at the same moment after the cut. */
  readonly back: Arrival & {
    /** Until the servers answered, from their start. */
    readonly servers: Millis;
    /** Runs that started after the cut and were suspected or declared dead. */
    readonly suspected: number;
    readonly expired: number;
    /** Agents that are live after a quiet time. */
    readonly live: number;
  };
  readonly divergences: readonly string[];
}

const processes = 10;
const progressEvery: Millis = seconds(15);

/**
 * A fleet starts at the same moment. Then the power is cut: servers, collector and agents are killed
 * together. When it is back, everything starts at the same moment again.
 */
export async function playPowerCut(options: PowerCutOptions): Promise<PowerCutReport> {
  const { env, agents, lease, off, quiet, say, signal } = options;
  await using opened = new AsyncDisposableStack();
  const cluster = opened.use(
    await startCluster(options.servers, env, say, signal, { isLarge: true }),
  );
  const access = { ...cluster.access, namespace: Namespace.parse('fleet') };
  const workers = opened.use(new AsyncDisposableStack());
  const start = async <N extends JobName>(
    name: N,
    task: Jobs[N]['task'],
    namespace = access.namespace,
  ): Promise<Worker<N>> =>
    workers.use(await startWorker({ name, access: { ...access, namespace }, task }, signal));

  say('the bare client stores the messages of some agents');
  const floor = Namespace.parse('floor');
  await using _floor = await openStore({ ...access, namespace: floor }, 'floor');
  const sample = { agents: Math.min(agents, 300), rounds: 1, etcd: undefined };
  const bare = await start('join', sample, floor);

  const store = opened.use(await openStore(access, 'stage'));
  const ports = portsOf(store);
  const serverCpu = async (): Promise<Millis> => {
    const times = await Promise.all(cluster.pids().map((pid) => cpuTimeOf(pid)));
    return times.reduce((sum, time) => sum + time, 0);
  };
  const client = await connectBare(access);
  opened.defer(() => client.close());
  const messages = () => lastSequenceOf(client, subjectNamesOf(access.namespace).registry.stream);
  const arrive = async (watch: StateWatch) => {
    const before = { messages: await messages(), cpu: await serverCpu() };
    const loaded = Promise.withResolvers<void>();
    let left = processes;
    client.subscribe(loadedSubject, {
      max: processes,
      callback: () => {
        left -= 1;
        if (left === 0) loaded.resolve();
      },
    });
    const collector = start('collect', { lease });
    const started = Promise.all(
      Array.from({ length: processes }, (_, n) =>
        start('keep-agents', {
          ...{ host: `host-${n}`, agents: agents / processes, instances: 1, lease },
          atOnce: true,
        }),
      ),
    );
    await Promise.race([loaded.promise, started]);
    const began = performance.now();
    client.publish(goSubject);
    const known = watch.seenLive;
    const progress = setInterval(() => {
      const after = Math.round((performance.now() - began) / 1000);
      say(`${watch.seenLive - known} of ${agents} are live after ${after} s`);
    }, progressEvery);
    const crowds = await started.finally(() => clearInterval(progress));
    const runs = crowds.flatMap(({ answer }) => answer);
    await watch.live(runs, signal);
    const times = watch.liveSince(runs).toSorted((a, b) => a - b);
    const arrival: Arrival = {
      half: (times[times.length >> 1] ?? 0) - began,
      all: (times.at(-1) ?? 0) - began,
      messagesEach: ((await messages()) - before.messages) / agents,
      serverCpuEach: ((await serverCpu()) - before.cpu) / agents,
      load: loadavg()[0] ?? 0,
    };
    say(`all ${agents} are live after ${Math.round(arrival.all / 1000)} s`);
    return { arrival, runs, processes: [...crowds, await collector] };
  };

  say(`${agents} agents start at the same moment`);
  await using watch = new StateWatch(ports);
  const first = await arrive(watch);
  await pause(quiet, undefined, { signal });

  say('the power is cut');
  for (const process of first.processes) process.kill('SIGKILL');
  await cluster.killAll();
  await pause(off, undefined, { signal });
  const counted = new Counted(store.audit, signal);
  const powered = performance.now();
  await cluster.revive();
  await answering(async () => {
    // A request that is sent before the connection is back waits for its whole time limit.
    await client.flush();
    await messages();
  }, signal);
  const servers = performance.now() - powered;
  say(`the servers answer after ${Math.round(servers)} ms; all agents start again`);
  const back = await arrive(watch);
  await pause(quiet, undefined, { signal });

  await counted.catchUp();
  const own = new Set<string>(back.runs.map(({ run }: RunRef) => run));
  const count = (type: string): number =>
    counted.of(type).filter(({ run }) => own.has(String(run))).length;
  const suspected = count('suspected');
  const expired = count('expired');
  say('verifying the audit');
  const divergences = (await divergencesOf({ store })).map((one) => JSON.stringify(one));
  return {
    agents,
    bareBatches: bare.answer.bare[0] ?? 0,
    first: first.arrival,
    back: {
      ...back.arrival,
      ...{ servers, suspected, expired, live: await countLive(back.runs, ports) },
    },
    divergences,
  };
}

/** Waits until it answers. */
async function answering(ask: () => Promise<unknown>, signal: AbortSignal): Promise<void> {
  for (;;) {
    try {
      await ask();
      return;
    } catch {
      await pause(50, undefined, { signal });
    }
  }
}
