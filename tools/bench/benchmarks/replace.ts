import { setTimeout as pause } from 'node:timers/promises';
import { seconds } from '../../../src/domain/time.ts';
import type { Benchmark, Result } from '../benchmark.ts';
import type { BenchmarkNamespace } from '../fixture/benchmark-namespace.ts';
import { seedRegistry } from '../fixture/seed-registry.ts';
import { instancesOf, startOne } from '../processes/started-agent.ts';
import { addedService, commonTime, watchingSubject } from '../processes/watch-change.ts';
import { formatSignificant } from '../report.ts';
import { median } from '../statistics.ts';

const processes = 2;
const watchersEach = 50;
const roundsOf = (quick: boolean): number => (quick ? 20 : 100);

/** An agent adds one instance; when all of 100 directories have it. */
export const replaced: Benchmark = {
  name: 'replace-100',
  takes: (quick) => seconds(40) + 2 * roundsOf(quick) * seconds(0.3),

  async measure(stage) {
    await seedRegistry({ agents: 99, instancesEach: 100 }, stage);
    const ours = await measured(stage, 'directory');
    const bare = await measured(stage, 'bare');
    const what = `one of 10 000 instances added by agent.replace, until ${processes * watchersEach} directories have it`;
    const notes = { first: ms(ours.first), worst: ms([Math.max(...ours.last)]) };
    const row = (name: string, of: 'each' | 'last', atMost: number): Result => ({
      name,
      what: `${what}: the ${of === 'each' ? 'middle' : 'last'} one`,
      unit: 'ms',
      samples: ours[of],
      floor: { what: 'the same with watchers of the bare client', samples: bare[of] },
      limit: { of: 'median', atMost },
      notes,
    });
    return [row(replaced.name, 'each', 12), row(`${replaced.name}-last`, 'last', 20)];
  },
};

const ms = (samples: readonly number[]): string => `${formatSignificant(median(samples))} ms`;

/** For each round: until the first, the middle and the last watcher have the instance. */
async function measured(stage: BenchmarkNamespace, kind: 'directory' | 'bare') {
  const rounds = roundsOf(stage.quick);
  const host = `host-${kind}`;
  await using agent = await startOne(stage.access, host, 100);
  const ready = Promise.withResolvers<void>();
  let watching = 0;
  const subscription = stage.bare.subscribe(watchingSubject, {
    callback: () => {
      watching += 1;
      if (watching === processes) ready.resolve();
    },
  });
  stage.say(`opening ${processes * watchersEach} watchers (${kind})`);
  const workers = Promise.all(
    Array.from({ length: processes }, () =>
      stage.start('watch-change', { watchers: watchersEach, kind, rounds }),
    ),
  );
  await Promise.race([ready.promise, workers]);
  subscription.unsubscribe();
  await pause(1000);
  const began: number[] = [];
  const specs = [...instancesOf(host, 100)];
  for (let round = 0; round < rounds; round += 1) {
    stage.say(`adding instances (${kind}), ${round + 1} of ${rounds}`);
    specs.push({ service: addedService, id: `${kind}-${round}`, address: '192.0.2.1', port: 8080 });
    began.push(commonTime());
    agent.replace(specs);
    await pause(200);
  }
  const answers = (await workers).map(({ answer }) => answer);
  const took = began.map((at, round) =>
    answers.flatMap((one) => one[round] ?? []).map((t) => t - at),
  );
  return {
    each: took.map((times) => median(times)),
    last: took.map((times) => Math.max(...times)),
    first: took.map((times) => Math.min(...times)),
  };
}
