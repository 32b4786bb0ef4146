#!/usr/bin/env node
import { enableCompileCache } from 'node:module';
import { constants } from 'node:os';
import { compiledDir } from '../composition/xdg-directories.ts';
import { exitCodeOf, exitCodes } from './command/exit.ts';
import { version } from './command/version.ts';
import { DurableOutput } from './terminal/durable-output.ts';
import type { Terminal } from './terminal/io.ts';
import { jsonMessages } from './terminal/json-messages.ts';
import { paletteOf } from './terminal/palette.ts';
import { printError, rootOf } from './terminal/print-error.ts';

/** Greatest width of a line of text, also if the width of the terminal is unknown. */
const widest = 100;
const stopping = new AbortController();
/** Thrown by `signal.throwIfAborted()`; tells an interruption from a bug. */
const stopped = new Error('stopped');
const stop = () => stopping.abort(stopped);
let ownsSignals = false;
let interrupted: number | undefined;
/** A signal to the process group is often also forwarded: two within 500 ms count as one. */
const oneSignal = 500;

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    const now = performance.now();
    interrupted ??= now;
    // A second signal ends the process immediately.
    if (now - interrupted > oneSignal && !ownsSignals)
      process.exit(128 + constants.signals[signal]);
    stop();
  });
}

/**
 * Without a listener, Node opens a debugger at SIGUSR1, through which every user of the machine can run code
 * in this process. `rollcall run` forwards the signal.
 */
process.on('SIGUSR1', () => {});

let outputFailed = false;
/** Errors are printed as JSON. */
let hasJson = false;
const jsonExitOf = (cause: unknown) => (hasJson ? exitCodeOf(cause) : undefined);
/** The streams of a daemon, which goes on when they fail. */
let durable: { readonly out: DurableOutput; readonly err: DurableOutput } | undefined;

for (const [name, stream] of Object.entries({ stdout: process.stdout, stderr: process.stderr })) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (durable) return;
    // A closed pipe, as after `| head`, is not a failure.
    if (error.code !== 'EPIPE') {
      const isFirst = !outputFailed;
      outputFailed = true;
      process.exitCode = exitCodes.wanting;
      const message = `cannot write to ${name}: ${error.message}`;
      if (name === 'stdout' && isFirst) (hasJson ? jsonMessages(io.err) : io.err)(message);
    }
    stop();
  });
}

/**
 * An unexpected failure ends the process: its lease lapses and another takes over. A process with a child
 * stays: the child must not run on without it.
 */
process.on('uncaughtException', (cause) => {
  printError(cause, { ...io, palette: paletteOf(depthOf(process.stderr)) }, jsonExitOf(cause));
  if (!ownsSignals) process.exit(exitCodes.bug);
});

/** A process with an IPC channel ends with its parent. */
process.once('disconnect', stop);
process.channel?.unref();

const depthOf = (stream: NodeJS.WriteStream): number =>
  stream.isTTY ? stream.getColorDepth(process.env) : 1;

/** The width that the user demands with COLUMNS. */
const widthOf = ({ COLUMNS = '' }: NodeJS.ProcessEnv): number | undefined =>
  /^[1-9]\d{0,3}$/.test(COLUMNS) ? Math.max(Number(COLUMNS), 20) : undefined;

const io: Terminal = {
  out: (line) => (durable ? durable.out.write(line) : void process.stdout.write(`${line}\n`)),
  err: (line) => (durable ? durable.err.write(line) : void process.stderr.write(`${line}\n`)),
  palette: paletteOf(depthOf(process.stdout)),
  isTerminal: process.stdout.isTTY ?? false,
  errIsTerminal: process.stderr.isTTY ?? false,
  columns: Math.min(widthOf(process.env) ?? (process.stdout.columns || widest), widest),
  tableWidth: widthOf(process.env) ?? (process.stdout.columns || Number.POSITIVE_INFINITY),
  window: () => ({
    columns: Math.min(process.stdout.columns || widest, widest),
    rows: process.stdout.rows || 24,
  }),
  ask: async (question) => {
    const { askLine } = await import('./terminal/ask-line.ts');
    // On stderr, so that stdout has only results.
    const streams = { input: process.stdin, output: process.stderr };
    return askLine(question, streams, stopping.signal, () => process.kill(process.pid, 'SIGINT'));
  },
  draw: (text) => void process.stdout.write(text),
  signal: stopping.signal,
  env: process.env,
  pid: process.pid,
  self: [process.execPath, process.argv[1] ?? ''],
  signals: process,
  // Without a service manager.
  started: () => {},
};

// Halves the start time; modules imported before this line are not cached.
const compiled = compiledDir(process.env);
if (compiled !== undefined) enableCompileCache(compiled);

/** The program is imported only for what needs it: that takes most of the time of `--version` and `--help`. */
async function runMain(argv: readonly string[]): Promise<number> {
  if (argv.length === 1 && argv[0] === '--version') {
    io.out(version());
    return exitCodes.done;
  }
  if (argv.length === 1 && /^(--help|-h|help)$/.test(argv[0] ?? '')) {
    const { rootHelp } = await import('./root-help.ts');
    io.out(rootHelp(io.columns));
    return exitCodes.done;
  }
  const { runProgram } = await import('./program.ts');
  return runProgram(argv, io, {
    version: version(),
    jsonWanted: () => {
      hasJson = true;
    },
    starting: (command) => {
      ownsSignals = command.ownsSignals ?? false;
      if (!command.isDaemon) return;
      const [out, err] = [process.stdout, process.stderr].map(
        (stream) => new DurableOutput(stream),
      );
      if (out && err) durable = { out, err };
    },
  });
}

try {
  process.exitCode = await runMain(process.argv.slice(2));
} catch (cause) {
  const failure = rootOf(cause);
  if (stopping.signal.aborted && (exitCodeOf(failure) !== exitCodes.bug || failure === stopped)) {
    // Failures after an interruption are expected.
    process.exitCode = interrupted === undefined ? exitCodes.done : exitCodes.interrupted;
  } else {
    printError(
      failure,
      { ...io, palette: paletteOf(depthOf(process.stderr)) },
      jsonExitOf(failure),
    );
    process.exitCode = exitCodeOf(failure);
  }
}

if (outputFailed) process.exitCode = exitCodes.wanting;

/** How long the last lines of a daemon may wait for a reader that does not read. */
const lastLinesWithin = 2;
let seconds = 0;
/** All resources are closed; a forgotten handle must not keep the process alive. */
const leftOpen = setInterval(() => {
  seconds += 1;
  const isWritten = process.stdout.writableLength === 0 && process.stderr.writableLength === 0;
  if (isWritten || (durable && seconds >= lastLinesWithin)) process.exit();
}, 1000);
leftOpen.unref();
