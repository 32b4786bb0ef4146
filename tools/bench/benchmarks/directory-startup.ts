import { seconds } from '../../../src/domain/time.ts';
import type { Benchmark, Result } from '../benchmark.ts';
import { startEtcd } from '../environment/etcd-server.ts';
import { copyToEtcd } from '../fixture/copy-to-etcd.ts';
import { seedRegistry } from '../fixture/seed-registry.ts';
import type { Reading } from '../processes/job.ts';
import { formatSignificant } from '../report.ts';
import { median } from '../statistics.ts';

const instancesEach = 100;
const megabyte = 1e6;
const readingsOf = (quick: boolean): number => (quick ? 3 : 9);

/** The start of a consumer that reads all instances, each time in a new process. */
const directoryOf = (name: string, agents: number): Benchmark => ({
  name,
  takes: (quick) => seconds(15) + readingsOf(quick) * seconds(4),

  async measure(stage) {
    const { quick, say } = stage;
    await seedRegistry({ agents, instancesEach }, stage);
    const messages = agents * (instancesEach + 1);
    await using etcd = await startEtcd(stage);
    if (etcd) await copyToEtcd(etcd, messages, stage);
    const ours: Reading[] = [];
    const bare: Reading[] = [];
    const peer: Reading[] = [];
    const flags = ['--expose-gc'];
    for (let round = 1; round <= readingsOf(quick); round += 1) {
      say(`reading all instances, ${round} of ${readingsOf(quick)}`);
      await using consumer = await stage.start('read-directory', null, { flags });
      ours.push(consumer.answer);
      await using client = await stage.start('read-bare', { messages }, { flags });
      bare.push(client.answer);
      if (!etcd) continue;
      await using other = await stage.start('read-etcd', { etcd: etcd.address }, { flags });
      peer.push(other.answer);
    }
    const wrong = ours.find(({ count }) => count !== agents * instancesEach);
    if (wrong) throw new Error(`the directory has ${wrong.count} instances`);
    const instances = agents * instancesEach;
    return results({ name, instances, ours, bare, etcd: etcd && { name: etcd.name, read: peer } });
  },
});

export const directory = directoryOf('directory', 1000);
export const directoryOf10k = directoryOf('directory-10k', 100);

const floor = 'the same messages by the bare client, parsed as JSON';

interface Readings {
  readonly name: string;
  readonly instances: number;
  readonly ours: readonly Reading[];
  readonly bare: readonly Reading[];
  readonly etcd: { readonly name: string; readonly read: readonly Reading[] } | undefined;
}

const results = ({ name, instances, ours, bare, etcd }: Readings): readonly Result[] => [
  {
    name,
    what: `directory of ${instances} instances, cold, until all rows are in hand`,
    unit: 'ms',
    samples: ours.map(({ took }) => took),
    floor: { what: floor, samples: bare.map(({ took }) => took) },
    peer: etcd && { name: etcd.name, samples: etcd.read.map(({ took }) => took) },
    limit: { of: 'times-floor', atMost: 1.4 },
    notes: { cpu: cpuOf(ours), floorCpu: cpuOf(bare) },
  },
  {
    name: `${name}-memory`,
    what: 'by how much that makes the heap grow, with all rows in hand, after a collection',
    unit: 'MB',
    samples: ours.map(({ heap }) => heap / megabyte),
    floor: { what: floor, samples: bare.map(({ heap }) => heap / megabyte) },
    peer: etcd && { name: etcd.name, samples: etcd.read.map(({ heap }) => heap / megabyte) },
    limit: { of: 'median', atMost: 60 },
    notes: { resident: `${formatSignificant(median(ours.map(({ grew }) => grew)) / megabyte)} MB` },
  },
];

const cpuOf = (readings: readonly Reading[]): string =>
  `${formatSignificant(median(readings.map(({ cpu }) => cpu)))} ms`;
