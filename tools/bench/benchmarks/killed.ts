import { setTimeout as pause } from 'node:timers/promises';
import { errors } from '@nats-io/transport-node';
import { systemEntropy } from '../../../src/adapters/system/entropy.ts';
import { runSubject } from '../../../src/domain/events/event-subjects.ts';
import type { RunRef } from '../../../src/domain/identity/names.ts';
import { type Millis, type MonotonicTime, seconds } from '../../../src/domain/time.ts';
import type { Benchmark, Result } from '../benchmark.ts';
import { startServer } from '../environment/server.ts';
import { type BenchmarkNamespace, openStage } from '../fixture/benchmark-namespace.ts';
import { countReasons, type Doubted, StateWatch } from '../fixture/state-watch.ts';

const lease = { ttl: seconds(15), grace: seconds(1) };
const bystanders = 75;
/** One process per kill, one after the other, so that the deaths within one ttl are too few to trip a brake. */
const killsOf = (quick: boolean): number => (quick ? 10 : 50);
const floorKillsOf = (quick: boolean): number => (quick ? 5 : 25);

/** From the kill of a process until its instance is dubious, on a server that reports closed connections. */
export const killed: Benchmark = {
  name: 'killed',
  takes: (quick) => seconds(10) + (killsOf(quick) + floorKillsOf(quick)) * seconds(2),

  async measure(stage) {
    const kills = await measureKills(stage);
    const limit = { of: 'median', atMost: 25 } as const;
    return [{ name: 'killed', what: 'process killed → dubious, ttl 15 s', limit, ...kills }];
  },
};

/** The same on a server without configured accounts. */
export const killedUnadvised: Benchmark = {
  name: 'killed-unadvised',
  takes: (quick) => seconds(12) + (killsOf(quick) + floorKillsOf(quick)) * seconds(3),

  async measure(stage) {
    const { env, say, signal } = stage;
    await using server = await startServer('plain', env, say, signal);
    await using own = await openStage(server.access, stage);
    const kills = await measureKills(own);
    return [
      {
        name: 'killed-unadvised',
        what: 'process killed → dubious, no accounts and no advisories, ttl 15 s',
        limit: { of: 'median', atMost: 1500 },
        ...kills,
      },
    ];
  },
};

async function measureKills(
  stage: BenchmarkNamespace,
): Promise<Pick<Result, 'unit' | 'samples' | 'floor' | 'notes'>> {
  const { quick, signal, say } = stage;
  say('starting a collector and the agents that stay');
  await stage.start('collect', { lease });
  await using watch = new StateWatch(stage.ports);
  const crowd = { host: 'stay', agents: bystanders, instances: 1, lease };
  const stay = await stage.start('keep-agents', crowd);
  const doubts: Doubted[] = [];
  const samples: Millis[] = [];
  for (let n = 1; n <= killsOf(quick); n += 1) {
    say(`kill ${n} of ${killsOf(quick)}`);
    await killOne(`host-${n}`, watch, stage, async (run, at) => {
      const seen = await watch.doubted([run], { within: lease.ttl + seconds(10), signal });
      doubts.push(...seen);
      samples.push(...seen.map((doubt) => doubt.at - at));
    });
  }
  const least: Millis[] = [];
  for (let n = 1; n <= floorKillsOf(quick); n += 1) {
    say(`kill ${n} of ${floorKillsOf(quick)} for the floor`);
    await killOne(`floor-${n}`, watch, stage, async (run, at) => {
      await unheard(run, stage);
      least.push(performance.now() - at);
    });
  }
  return {
    unit: 'ms',
    samples,
    floor: { what: 'other processes: killed → no listener on its subject', samples: least },
    notes: { reasons: countReasons(doubts), suspectedFalsely: watch.doubts(stay.answer) },
  };
}

/** How often a collector checks the connections of its server. */
const lookEvery: Millis = 500;

/** Starts a process with one agent, and kills it at a random time between two checks of its connection. */
async function killOne(
  host: string,
  watch: StateWatch,
  stage: BenchmarkNamespace,
  follow: (run: RunRef, at: MonotonicTime) => Promise<void>,
): Promise<void> {
  const { signal } = stage;
  await using worker = await stage.start('keep-agents', { host, agents: 1, instances: 1, lease });
  const [run] = worker.answer;
  if (run === undefined) throw new Error(`no agent was started on ${host}`);
  await watch.live([run], signal);
  await pause(lookEvery * (1 + systemEntropy.fraction()), undefined, { signal });
  const at = performance.now();
  worker.kill('SIGKILL');
  await follow(run, at);
}

/**
 * Sends a request every millisecond until the server reports no responders. Not used on a process whose
 * death is measured: it would die with unread requests, which the server treats as a broken connection.
 */
export async function unheard(
  run: RunRef,
  { bare, names, signal }: BenchmarkNamespace,
): Promise<void> {
  const subject = names.runPrefix + runSubject(run);
  let heard = true;
  while (heard) {
    void bare.request(subject, '', { timeout: 1000 }).catch((cause: unknown) => {
      if (cause instanceof errors.RequestError && cause.isNoResponders()) heard = false;
    });
    await pause(1, undefined, { signal });
  }
}
