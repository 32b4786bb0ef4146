import { setTimeout as pause } from 'node:timers/promises';
import { seconds } from '../../../src/domain/time.ts';
import type { Benchmark, Result } from '../benchmark.ts';
import { EtcdClient } from '../environment/etcd-client.ts';
import { type Etcd, startEtcd } from '../environment/etcd-server.ts';
import type { BenchmarkNamespace } from '../fixture/benchmark-namespace.ts';
import { seedRegistry } from '../fixture/seed-registry.ts';
import type { Jobs } from '../processes/job.ts';
import { instancesOf, startOne } from '../processes/started-agent.ts';
import {
  addedService,
  commonTime,
  etcdPrefix,
  everyRound,
  watchingSubject,
} from '../processes/watch-change.ts';
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
    await using etcd = await startEtcd(stage);
    const peer = etcd && { name: etcd.name, ...(await measured(stage, 'etcd', etcd)) };
    const what = `one of 10 000 instances added by agent.replace, until ${processes * watchersEach} directories have it`;
    const notes = { first: ms(ours.first), worst: ms([Math.max(...ours.last)]) };
    const row = (name: string, of: 'each' | 'last', atMost: number): Result => ({
      name,
      what: `${what}: the ${of === 'each' ? 'middle' : 'last'} one`,
      unit: 'ms',
      samples: ours[of],
      floor: { what: 'the same with watchers of the bare client', samples: bare[of] },
      peer: peer && { name: peer.name, samples: peer[of] },
      limit: { of: 'median', atMost },
      notes,
    });
    return [row(replaced.name, 'each', 12), row(`${replaced.name}-last`, 'last', 20)];
  },
};

const ms = (samples: readonly number[]): string => `${formatSignificant(median(samples))} ms`;

/** For each round: until the first, the middle and the last watcher have the instance. */
async function measured(
  stage: BenchmarkNamespace,
  kind: Jobs['watch-change']['task']['kind'],
  etcd?: Etcd,
) {
  const rounds = roundsOf(stage.quick);
  await using writer = etcd ? await etcdWriter(etcd) : await agentWriter(stage, `host-${kind}`);
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
      stage.start('watch-change', {
        ...{ watchers: watchersEach, kind, rounds },
        etcd: etcd?.address,
      }),
    ),
  );
  await Promise.race([ready.promise, workers]);
  subscription.unsubscribe();
  await pause(1000);
  const began: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    stage.say(`adding instances (${kind}), ${round + 1} of ${rounds}`);
    began.push(commonTime());
    writer.add(`${kind}-${round}`);
    await pause(everyRound);
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

/** Adds one instance of {@link addedService}, and does not wait until it is stored. */
interface Writer extends AsyncDisposable {
  add(id: string): void;
}

const added = (id: string) => ({
  service: addedService,
  id,
  address: '192.0.2.1',
  port: 8080,
});

async function agentWriter(stage: BenchmarkNamespace, host: string): Promise<Writer> {
  const agent = await startOne(stage.access, host, 100);
  const specs = [...instancesOf(host, 100)];
  return {
    add(id) {
      specs.push(added(id));
      agent.replace(specs);
    },
    [Symbol.asyncDispose]: () => agent[Symbol.asyncDispose](),
  };
}

async function etcdWriter({ address }: Etcd): Promise<Writer> {
  const client = new EtcdClient(address);
  const lease = await client.grantLease(3600);
  return {
    add: (id) =>
      void client.create([{ key: `${etcdPrefix}${id}`, value: JSON.stringify(added(id)) }], lease),
    [Symbol.asyncDispose]: async () => client.close(),
  };
}
