import { seconds } from '../../../src/domain/time.ts';
import type { Benchmark, Result } from '../benchmark.ts';
import { seedRegistry } from '../fixture/seed-registry.ts';
import type { Reading } from '../processes/job.ts';
import { formatSignificant } from '../report.ts';
import { median } from '../statistics.ts';

const agents = 1000;
const instancesEach = 100;
const megabyte = 1e6;
const readingsOf = (quick: boolean): number => (quick ? 3 : 9);

/** The start of a consumer that reads 100 000 instances, each time in a new process. */
export const directory: Benchmark = {
  name: 'directory',
  takes: (quick) => seconds(15) + readingsOf(quick) * seconds(4),

  async measure(stage) {
    const { quick, say } = stage;
    await seedRegistry({ agents, instancesEach }, stage);
    const ours: Reading[] = [];
    const bare: Reading[] = [];
    for (let round = 1; round <= readingsOf(quick); round += 1) {
      say(`reading all instances, ${round} of ${readingsOf(quick)}`);
      await using consumer = await stage.start('read-directory', null);
      ours.push(consumer.answer);
      const messages = agents * (instancesEach + 1);
      await using client = await stage.start('read-bare', { messages });
      bare.push(client.answer);
    }
    const wrong = ours.find(({ count }) => count !== agents * instancesEach);
    if (wrong) throw new Error(`the directory has ${wrong.count} instances`);
    return results(ours, bare);
  },
};

const results = (ours: readonly Reading[], bare: readonly Reading[]): readonly Result[] => [
  {
    name: directory.name,
    what: `directory of ${agents * instancesEach} instances, cold`,
    unit: 'ms',
    samples: ours.map(({ took }) => took),
    floor: { what: 'the same messages, unread', samples: bare.map(({ took }) => took) },
    limit: { of: 'median', atMost: 2000 },
    notes: { cpu: cpuOf(ours), floorCpu: cpuOf(bare) },
  },
  {
    name: `${directory.name}-memory`,
    what: 'by how much that makes a process grow',
    unit: 'MB',
    samples: ours.map(({ grew }) => grew / megabyte),
    floor: { what: 'the same messages, unread', samples: bare.map(({ grew }) => grew / megabyte) },
    limit: { of: 'median', atMost: 250 },
  },
];

const cpuOf = (readings: readonly Reading[]): string =>
  `${formatSignificant(median(readings.map(({ cpu }) => cpu)))} ms`;
