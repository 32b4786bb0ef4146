import type { Millis } from '../../src/domain/time.ts';
import { type Benchmark, type Judged, judge } from './benchmark.ts';
import { connectBare, type ServerAccess } from './environment/access.ts';
import { type Environment, startServer } from './environment/server.ts';
import { openStage } from './fixture/benchmark-namespace.ts';
import { loadNow, type Machine, thisMachine } from './machine-info.ts';

export interface BenchOptions {
  readonly rows: readonly Benchmark[];
  readonly quick: boolean;
  readonly agents: number;
  /** The server to measure; undefined: starts one on a temporary store. */
  readonly server: ServerAccess | undefined;
  readonly env: Environment;
  readonly signal: AbortSignal;
}

/** Receives the progress and the results. */
export interface BenchmarkReporter {
  machine(machine: Machine): void;
  /** The current step, and the approximate time until the end of all rows. */
  progress(what: string, left: Millis): void;
  result(result: Judged): void;
}

/**
 * Measures one row after the other. When the promise settles, everything that it started has ended.
 * @throws the signal's reason if the signal aborted it
 */
export async function runBench(options: BenchOptions, reporter: BenchmarkReporter): Promise<void> {
  const { rows, quick, agents, env, signal } = options;
  let left = rows.reduce((sum, row) => sum + row.takes(quick), 0);
  await using opened = new AsyncDisposableStack();
  const server =
    options.server ??
    opened.use(await ownServer(options, (what) => reporter.progress(what, left))).access;
  reporter.machine(await machineAt(server));
  for (const [index, row] of rows.entries()) {
    const began = performance.now();
    const rest = left - row.takes(quick);
    const say = (what: string) => {
      const ahead = Math.max(1000, row.takes(quick) - (performance.now() - began));
      reporter.progress(`${index + 1}/${rows.length} ${row.name}: ${what}`, ahead + rest);
    };
    say('starting');
    await using stage = await openStage(server, { quick, agents, env, signal, say });
    const load = loadNow();
    for (const result of await row.measure(stage)) {
      reporter.result(judge({ ...result, notes: { ...result.notes, load } }));
    }
    left = rest;
  }
}

const ownServer = ({ env, signal }: BenchOptions, say: (what: string) => void) => {
  say('starting nats-server');
  return startServer('embedded', env, say, signal);
};

async function machineAt(server: ServerAccess): Promise<Machine> {
  const bare = await connectBare(server);
  try {
    return thisMachine(bare.info?.version ?? 'unknown');
  } finally {
    await bare.close();
  }
}
