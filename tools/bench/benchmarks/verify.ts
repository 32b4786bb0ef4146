import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Benchmark, Result } from '../benchmark.ts';
import type { FileReading } from '../processes/job.ts';
import { formatSignificant } from '../report.ts';

const eventsOf = (quick: boolean): number => (quick ? 100_000 : 1_000_000);
const roundsOf = (quick: boolean): number => (quick ? 1 : 3);
/** The limit in ms for one event: half a minute for a million events. */
const msForEach = 0.03;
const megabyte = 1e6;

/** Verifies a whole history from a file, each time in a new process. */
export const verify: Benchmark = {
  name: 'verify',
  takes: (quick) => (eventsOf(quick) / 9000 + (roundsOf(quick) * eventsOf(quick)) / 40_000) * 1000,

  async measure(stage) {
    const { quick, say } = stage;
    const place = await mkdtemp(join(tmpdir(), 'rollcall-bench-'));
    await using opened = new AsyncDisposableStack();
    opened.defer(() => rm(place, { recursive: true, force: true }));
    const file = join(place, 'history.ndjson.gz');
    say(`writing a history of ${eventsOf(quick)} events`);
    await using writer = await stage.start('write-history', { file, events: eventsOf(quick) });
    const ours: FileReading[] = [];
    const bare: FileReading[] = [];
    for (let round = 1; round <= roundsOf(quick); round += 1) {
      say(`verifying it, ${round} of ${roundsOf(quick)}`);
      await using verifier = await stage.start('verify-file', { file });
      ours.push(verifier.answer);
      await using reader = await stage.start('read-file', { file });
      bare.push(reader.answer);
    }
    for (const { events, divergences } of ours) {
      if (events === writer.answer && divergences === 0) continue;
      throw new Error(`${events} of ${writer.answer} events, ${divergences} divergences`);
    }
    const { size } = await stat(file);
    return results(writer.answer, ours, bare, `${formatSignificant(size / megabyte)} MB gzipped`);
  },
};

const results = (
  events: number,
  ours: readonly FileReading[],
  bare: readonly FileReading[],
  file: string,
): readonly Result[] => [
  {
    name: verify.name,
    what: `audit verify of ${events} events in a file`,
    unit: 'ms',
    samples: ours.map(({ took }) => took),
    floor: {
      what: 'the file unpacked, JSON.parse and SHA-256 of each line',
      samples: bare.map(({ took }) => took),
    },
    limit: { of: 'median', atMost: Math.round(events * msForEach) },
    notes: { file },
  },
  {
    name: `${verify.name}-memory`,
    what: 'the most memory that the process had meanwhile',
    unit: 'MB',
    samples: ours.map(({ peak }) => peak / megabyte),
    floor: { what: 'the same', samples: bare.map(({ peak }) => peak / megabyte) },
    limit: { of: 'median', atMost: 300 },
  },
];
