import { setTimeout as pause } from 'node:timers/promises';
import { systemEntropy } from '../../../src/adapters/system/entropy.ts';
import type { RunRef } from '../../../src/domain/identity/names.ts';
import { type Millis, type MonotonicTime, seconds } from '../../../src/domain/time.ts';
import type { Benchmark } from '../benchmark.ts';
import type { BenchmarkNamespace } from '../fixture/benchmark-namespace.ts';
import { countReasons, StateWatch } from '../fixture/state-watch.ts';
import type { Worker } from '../processes/worker.ts';
import { leaseGone } from './frozen.ts';
import { unheard } from './killed.ts';

const lease = { ttl: seconds(10), grace: seconds(30) };
const zones = Array.from({ length: 8 }, (_, n) => `zone-${n}`);
/** Of each kind in each zone. */
const perZone = 3;
const bystandersPerZone = 14;
const within = seconds(10);
const floorKills = 8;

type Victim = Worker<'keep-agents'>;

interface Death {
  readonly run: RunRef;
  readonly at: MonotonicTime;
}

/**
 * Processes are killed and frozen at random times in eight zones, so that some of them die at almost the same time. The
 * rule for many closed connections at once must not delay any of these deaths.
 */
export const deaths: Benchmark = {
  name: 'deaths',
  takes: () => seconds(120),

  async measure(stage) {
    const { say, signal } = stage;
    say('starting a collector and the agents that stay');
    await stage.start('collect', { lease });
    await using watch = new StateWatch(stage.ports);
    const agents = bystandersPerZone * zones.length;
    const crowd = { host: 'stay', agents, instances: 1, lease, zones };
    const stay = await stage.start('keep-agents', crowd);
    const toKill = await startVictims('killed', stage);
    const toFreeze = await startVictims('frozen', stage);
    const all = [...toKill, ...toFreeze].flatMap(({ answer }) => answer);
    await watch.live(all, signal);

    say(`${toKill.length} kills and ${toFreeze.length} freezes within ${within / 1000} s`);
    const lapses: Promise<Millis>[] = [];
    const [killed, frozen] = await Promise.all([
      atRandomTimes(toKill, (one) => one.kill('SIGKILL'), signal),
      atRandomTimes(
        toFreeze,
        (one) => {
          one.kill('SIGSTOP');
          const at = performance.now();
          for (const run of one.answer) lapses.push(leaseGone(run, { at, ttl: lease.ttl }, stage));
        },
        signal,
      ),
    ]);
    const [ofKilled, ofFrozen] = await Promise.all(
      [killed, frozen].map((dead) => doubts(dead, watch, signal)),
    );
    if (!ofKilled || !ofFrozen) throw new Error('no deaths were measured');
    const least = await killsOfFloor(stage);
    const suspectedFalsely = watch.doubts(stay.answer);
    const [ofServer, ofLease] = [
      { what: 'other processes: killed → no listener on its subject', samples: least },
      { what: 'frozen → its lease is gone at the leader', samples: await Promise.all(lapses) },
    ];
    const what = `${killed.length} processes killed and ${frozen.length} frozen within ${within / 1000} s in ${zones.length} zones, ttl 10 s`;
    const kills = { unit: 'ms', samples: ofKilled.times, floor: ofServer } as const;
    return [
      {
        ...kills,
        name: 'deaths-killed',
        what: `${what}: killed → dubious`,
        limit: { of: 'median', atMost: 15 },
        notes: { reasons: ofKilled.reasons, suspectedFalsely },
      },
      {
        ...kills,
        name: 'deaths-killed-last',
        what: `${what}: killed → dubious, the slowest`,
        limit: { of: 'p99', atMost: 100 },
      },
      {
        name: 'deaths-frozen',
        what: `${what}: frozen → dubious`,
        unit: 'ms',
        samples: ofFrozen.times,
        floor: ofLease,
        limit: { of: 'p99', atMost: lease.ttl + 500 },
        notes: { reasons: ofFrozen.reasons },
      },
    ];
  },
};

/** A process with one agent for each. */
async function startVictims(kind: string, stage: BenchmarkNamespace): Promise<readonly Victim[]> {
  const started: Victim[] = [];
  for (const zone of zones) {
    for (let n = 0; n < perZone; n += 1) {
      stage.say(`starting the processes to be ${kind}: ${started.length + 1}`);
      const task = { host: `${kind}-${zone}-${n}`, agents: 1, instances: 1, lease, zones: [zone] };
      started.push(await stage.start('keep-agents', task));
    }
  }
  return started;
}

const atRandomTimes = (
  victims: readonly Victim[],
  end: (victim: Victim) => void,
  signal: AbortSignal,
): Promise<readonly Death[]> =>
  Promise.all(
    victims.map(async (victim) => {
      const [run] = victim.answer;
      if (run === undefined) throw new Error('a process has no agent');
      await pause(systemEntropy.fraction() * within, undefined, { signal });
      const at = performance.now();
      end(victim);
      return { run, at };
    }),
  );

async function doubts(dead: readonly Death[], watch: StateWatch, signal: AbortSignal) {
  const runs = dead.map(({ run }) => run);
  const seen = await watch.doubted(runs, { within: lease.ttl + seconds(10), signal });
  const times = seen.map(({ at }, n) => at - (dead[n]?.at ?? Number.NaN));
  return { times, reasons: countReasons(seen) };
}

async function killsOfFloor(stage: BenchmarkNamespace): Promise<readonly Millis[]> {
  const least: Millis[] = [];
  for (let n = 0; n < floorKills; n += 1) {
    const task = { host: `floor-${n}`, agents: 1, instances: 1, lease, zones: ['floor'] };
    await using worker = await stage.start('keep-agents', task);
    const [run] = worker.answer;
    if (run === undefined) throw new Error('a process has no agent');
    const at = performance.now();
    worker.kill('SIGKILL');
    await unheard(run, stage);
    least.push(performance.now() - at);
  }
  return least;
}
