import { type Exit, exitCodes } from '../../src/cli/command/exit.ts';
import type { BenchProgram, BenchSettings } from '../../src/cli/commands/bench.ts';
import { type Column, table } from '../../src/cli/tables/table.ts';
import { jsonLine } from '../../src/cli/terminal/escape-terminal.ts';
import { formatRounded } from '../../src/cli/terminal/format-time.ts';
import type { Terminal } from '../../src/cli/terminal/io.ts';
import type { Palette } from '../../src/cli/terminal/palette.ts';
import { withSpinner } from '../../src/cli/terminal/spinner.ts';
import type { Judged } from './benchmark.ts';
import { benchmarks } from './benchmarks/all.ts';
import { formatMachineInfo } from './machine-info.ts';
import { documentOf, footnotes, type Line, lineOf } from './report.ts';
import { type BenchmarkReporter, runBench } from './run-benchmarks.ts';

/** Runs the benchmarks of `rollcall bench` and prints their results. */
export const runBenchCommand: BenchProgram['runBenchCommand'] = async (
  { only, quick, agents, json, server }: BenchSettings,
  io: Terminal,
): Promise<Exit> => {
  const results: Judged[] = [];
  const rows = benchmarks.filter(({ name }) => only?.includes(name) ?? true);
  try {
    await withSpinner(io, 'starting', (progress) => {
      const reporter = json ? jsonReporter(io, results) : tableReporter(io, results, progress);
      return runBench({ rows, quick, agents, env: io.env, signal: io.signal, server }, reporter);
    });
  } catch (cause) {
    if (io.signal.aborted) return exitCodes.interrupted;
    throw cause;
  } finally {
    if (!json && results.length > 0) printTable(results, io);
  }
  return results.every(({ reached }) => reached) ? exitCodes.done : exitCodes.wanting;
};

const jsonReporter = (io: Terminal, results: Judged[]): BenchmarkReporter => ({
  machine: (machine) => io.out(jsonLine({ event: 'machine', ...machine })),
  progress: () => {},
  result(result) {
    results.push(result);
    io.out(jsonLine(documentOf(result)));
  },
});

const tableReporter = (
  io: Terminal,
  results: Judged[],
  progress: (text: string) => void,
): BenchmarkReporter => ({
  machine: (machine) => io.out(`${io.palette.dim(formatMachineInfo(machine))}\n`),
  progress: (what, left) => progress(`${what} (about ${formatRounded(left)} left)`),
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
