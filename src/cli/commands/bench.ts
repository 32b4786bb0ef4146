import { z } from 'zod';
import type { Judged } from '../../bench/benchmark.ts';
import { benchmarks } from '../../bench/benchmarks/all.ts';
import { formatMachineInfo } from '../../bench/machine-info.ts';
import { documentOf, footnotes, type Line, lineOf } from '../../bench/report.ts';
import { type BenchmarkReporter, runBench } from '../../bench/run-benchmarks.ts';
import { connectionOptions } from '../../composition/access.ts';
import { command } from '../command/command.ts';
import { exitCodes } from '../command/exit.ts';
import { Switch } from '../command/settings/common.ts';
import { type Column, table } from '../tables/table.ts';
import { jsonLine } from '../terminal/escape-terminal.ts';
import { formatRounded } from '../terminal/format-time.ts';
import type { Terminal } from '../terminal/io.ts';
import type { Palette } from '../terminal/palette.ts';
import { withSpinner } from '../terminal/spinner.ts';

const names = benchmarks.map(({ name }) => name);
const rule = `one of ${names.join(', ')}; several separated by commas`;

export const bench = command({
  name: 'bench',
  summary: 'measure what Rollcall promises, on this machine, beside what the bare server can do',
  settings: {
    only: {
      flag: '--only <rows>',
      description: rule,
      schema: z
        .string()
        .transform((text) => text.split(','))
        .pipe(z.array(z.enum(names, { error: rule })))
        .optional(),
    },
    quick: { flag: '--quick', description: 'fewer samples', schema: Switch },
  },
  examples: [
    ['rollcall bench', 'all of it, on a nats-server of its own that goes afterwards'],
    ['rollcall bench --quick --only removal,heartbeat', 'a first look'],
    ['rollcall bench --servers nats://db-1:4222', 'a given server, in a namespace of its own'],
  ],
  async run({ settings, io, serversGiven }) {
    const { only, quick, json } = settings;
    const { namespace: _, ...server } = await connectionOptions(settings);
    const results: Judged[] = [];
    const chosen = benchmarks.filter(({ name }) => only?.includes(name) ?? true);
    try {
      await withSpinner(io, 'starting', (say) => {
        const audience = json ? jsonAudience(io, results) : humanAudience(io, results, say);
        const options = { rows: chosen, quick, env: io.env, signal: io.signal };
        return runBench({ ...options, server: serversGiven ? server : undefined }, audience);
      });
    } catch (cause) {
      if (io.signal.aborted) return exitCodes.interrupted;
      throw cause;
    } finally {
      if (!json && results.length > 0) printTable(results, io);
    }
    return results.every(({ reached }) => reached) ? exitCodes.done : exitCodes.wanting;
  },
});

const jsonAudience = (io: Terminal, results: Judged[]): BenchmarkReporter => ({
  machine: (machine) => io.out(jsonLine({ event: 'machine', ...machine })),
  progress: () => {},
  result(result) {
    results.push(result);
    io.out(jsonLine(documentOf(result)));
  },
});

const humanAudience = (
  io: Terminal,
  results: Judged[],
  say: (text: string) => void,
): BenchmarkReporter => ({
  machine: (machine) => io.out(`${io.palette.dim(formatMachineInfo(machine))}\n`),
  progress: (what, left) => say(`${what} (about ${formatRounded(left)} to go)`),
  result: (result) => void results.push(result),
});

function printTable(results: readonly Judged[], io: Terminal): void {
  const look = { width: io.columns, palette: io.palette };
  io.out(table(results.map(lineOf), columns(io.palette), look));
  io.out('');
  for (const note of footnotes(results)) io.out(io.palette.dim(note));
}

const columns = (palette: Palette): readonly Column<Line>[] => [
  { head: 'ROW', cell: ({ name }) => name },
  { head: 'N', cell: ({ n }) => n, right: true },
  { head: 'MEDIAN', cell: ({ median }) => median, right: true },
  { head: 'RANGE', cell: ({ range }) => range, right: true },
  { head: 'P99', cell: ({ p99 }) => p99, right: true },
  { head: 'LIMIT', cell: ({ limit }) => limit, right: true },
  {
    head: '',
    cell: ({ reached }) => (reached ? palette.live('reached') : palette.expired('MISSED')),
  },
  { head: 'FLOOR', cell: ({ floor }) => floor, right: true },
];
