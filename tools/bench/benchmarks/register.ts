import { seconds } from '../../../src/domain/time.ts';
import type { Benchmark } from '../benchmark.ts';
import { startEtcd } from '../environment/etcd-server.ts';
import type { BenchmarkNamespace } from '../fixture/benchmark-namespace.ts';
import { formatSignificant } from '../report.ts';
import { median } from '../statistics.ts';

/** Rounds of a process: the first one is fresh, and the code is warm after a few. */
const roundsOf = (quick: boolean): number => (quick ? 5 : 15);

/** The start of an agent with many instances, from the call until a watcher has all. */
export const register: Benchmark = {
  name: 'register',
  takes: (quick) => seconds(5) + roundsOf(quick) * seconds(3),

  async measure(stage) {
    const instances = 999;
    const { seen, records, etcd, notes } = await measured(stage, instances);
    return [
      {
        name: register.name,
        what: `an agent starts with ${instances} instances, until a bare watcher has all`,
        unit: 'ms',
        samples: seen,
        floor: { what: 'the same records in batches of the bare client', samples: records },
        peer: etcd && { name: etcd.name, samples: etcd.seen },
        limit: { of: 'times-floor', atMost: 2.6 },
        notes,
      },
    ];
  },
};

/** The start of an agent with few instances, from the call until it serves. */
export const registerFew: Benchmark = {
  name: 'register-10',
  takes: (quick) => seconds(5) + roundsOf(quick) * seconds(1),

  async measure(stage) {
    const instances = 10;
    const { serving, messages, etcd, notes } = await measured(stage, instances);
    return [
      {
        name: registerFew.name,
        what: `an agent starts with ${instances} instances, until it serves`,
        unit: 'ms',
        samples: serving,
        floor: { what: 'the same messages in one batch of the bare client', samples: messages },
        peer: etcd && { name: etcd.name, samples: etcd.stored },
        limit: { of: 'median', atMost: 25 },
        notes,
      },
    ];
  },
};

/** The first round is only a note: each later one is in a process that has started agents before. */
async function measured(stage: BenchmarkNamespace, instances: number) {
  stage.say(`agents with ${instances} instances, and the bare client in turns`);
  await using etcd = await startEtcd(stage);
  const rounds = roundsOf(stage.quick);
  const { answer } = await stage.start('register', { instances, rounds, etcd: etcd?.address });
  const { serving, seen, cpu, records, messages, etcdStored, etcdSeen, count } = answer;
  const ms = (samples: readonly number[]): string => `${formatSignificant(median(samples))} ms`;
  return {
    serving: serving.slice(1),
    seen: seen.slice(1),
    records: records.slice(1),
    messages: messages.slice(1),
    etcd: etcd && { name: etcd.name, stored: etcdStored.slice(1), seen: etcdSeen.slice(1) },
    notes: {
      fresh: ms(seen.slice(0, 1)),
      cpu: ms(cpu.slice(1)),
      sameMessages: `${ms(messages.slice(1))} (${count} messages)`,
      serving: ms(serving.slice(1)),
    },
  };
}
