import { seconds } from '../../../src/domain/time.ts';
import type { Benchmark } from '../benchmark.ts';
import { startEtcd } from '../environment/etcd-server.ts';
import { formatSignificant } from '../report.ts';
import { median } from '../statistics.ts';

const roundsOf = (quick: boolean): number => (quick ? 2 : 5);

/** Many agents start at once. A batch of the server costs it a file and a directory (one replica). */
export const join: Benchmark = {
  name: 'join',
  takes: (quick) => seconds(5) + roundsOf(quick) * seconds(12),

  async measure(stage) {
    const { agents, quick, say } = stage;
    say(`${agents} agents start at once, and as many bare batches in turns`);
    await using etcd = await startEtcd(stage);
    const task = { agents, rounds: roundsOf(quick), etcd: etcd?.address };
    const { answer } = await stage.start('join', task);
    return [
      {
        name: join.name,
        what: `${agents} agents start at once in one process, a connection and an instance each`,
        unit: '/s',
        samples: answer.ours,
        floor: {
          what: 'one batch of the same messages for each agent by the bare client',
          samples: answer.bare,
        },
        peer: etcd && { name: etcd.name, samples: answer.etcd },
        limit: { of: 'times-floor', atLeast: 0.8 },
        notes: { messagesPerAgent: formatSignificant(median(answer.messages)) },
      },
    ];
  },
};
