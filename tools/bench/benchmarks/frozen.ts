import { setTimeout as pause } from 'node:timers/promises';
import type { RunRef } from '../../../src/domain/identity/names.ts';
import { leaseKey } from '../../../src/domain/identity/registry-keys.ts';
import { type Millis, type MonotonicTime, seconds } from '../../../src/domain/time.ts';
import type { Benchmark } from '../benchmark.ts';
import type { BenchmarkNamespace } from '../fixture/benchmark-namespace.ts';
import { countReasons, StateWatch } from '../fixture/state-watch.ts';

const victims = 30;
const bystanders = 90;

/** From the freeze of a process, with open connections, until a consumer sees its instances as dubious. */
export const frozen = (name: string, ttl: Millis): Benchmark => ({
  name,
  takes: () => seconds(5) + ttl * 2,

  async measure(stage) {
    const { signal, say } = stage;
    const lease = { ttl, grace: seconds(30) };
    say(`starting a collector and ${victims + bystanders} agents`);
    await stage.start('collect', { lease });
    await using watch = new StateWatch(stage.ports);
    const [worker, stay] = await Promise.all([
      stage.start('keep-agents', { host: 'frozen', agents: victims, instances: 1, lease }),
      stage.start('keep-agents', { host: 'stay', agents: bystanders, instances: 1, lease }),
    ]);
    const runs = worker.answer;
    await watch.live(runs, signal);
    say(`waiting until all ${victims} are dubious, at most ${ttl / 1000} s`);
    const at = performance.now();
    worker.kill('SIGSTOP');
    const lapses = Promise.all(runs.map((run) => leaseGone(run, { at, ttl }, stage)));
    const seen = await watch.doubted(runs, { within: ttl + seconds(10), signal });
    return [
      {
        name,
        what: `process frozen → dubious, ttl ${ttl / 1000} s`,
        unit: 'ms',
        samples: seen.map((doubt) => doubt.at - at),
        floor: { what: 'frozen → its lease is gone at the leader', samples: await lapses },
        limit: { of: 'p99', atMost: ttl + 500 },
        notes: { reasons: countReasons(seen), suspectedFalsely: watch.doubts(stay.answer) },
      },
    ];
  },
});

/** Checks every 20 ms, starting when the lease can first have lapsed. */
export async function leaseGone(
  run: RunRef,
  { at, ttl }: { readonly at: MonotonicTime; readonly ttl: Millis },
  { ports, signal }: BenchmarkNamespace,
): Promise<Millis> {
  await pause((ttl / 3) * 2 - seconds(0.5), undefined, { signal });
  while ((await ports.leases.read(leaseKey(run))).text !== undefined) {
    await pause(20, undefined, { signal });
  }
  return performance.now() - at;
}
