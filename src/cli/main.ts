#!/usr/bin/env node
import { enableCompileCache } from 'node:module';
import { constants } from 'node:os';
import { exitCodeOf, exitCodes } from './command/exit.ts';
import { version } from './command/version.ts';
import { compiledDir } from './session/xdg-directories.ts';
import type { Terminal } from './terminal/io.ts';
import { paletteOf } from './terminal/palette.ts';
import { printError, rootOf } from './terminal/print-error.ts';

/** Greatest line width, also if the width of the terminal is unknown. */
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

/** A closed pipe, as after `| head`, is not a failure. */
for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error;
    stop();
  });
}

/** An unexpected failure ends the process: its lease lapses and another takes over. */
process.on('uncaughtException', (cause) => {
  printError(cause, { ...io, palette: paletteOf(depthOf(process.stderr)) });
  process.exit(exitCodes.bug);
});

/** A process with an IPC channel ends with its parent. */
process.once('disconnect', stop);
process.channel?.unref();

const depthOf = (stream: NodeJS.WriteStream): number =>
  stream.isTTY ? stream.getColorDepth(process.env) : 1;

const io: Terminal = {
  out: (line) => void process.stdout.write(`${line}\n`),
  err: (line) => void process.stderr.write(`${line}\n`),
  palette: paletteOf(depthOf(process.stdout)),
  isTerminal: process.stdout.isTTY ?? false,
  errIsTerminal: process.stderr.isTTY ?? false,
  columns: Math.min(process.stdout.columns || widest, widest),
  window: () => ({
    columns: Math.min(process.stdout.columns || widest, widest),
    rows: process.stdout.rows || 24,
  }),
  draw: (text) => void process.stdout.write(text),
  signal: stopping.signal,
  env: process.env,
  pid: process.pid,
  self: [process.execPath, process.argv[1] ?? ''],
  signals: process,
};

// Halves the start time; modules imported before this line are not cached.
const compiled = compiledDir(process.env);
if (compiled !== undefined) enableCompileCache(compiled);

try {
  const { runProgram } = await import('./program.ts');
  process.exitCode = await runProgram(process.argv.slice(2), io, {
    version: version(),
    starting: (command) => {
      ownsSignals = command.ownsSignals ?? false;
    },
  });
} catch (cause) {
  const failure = rootOf(cause);
  if (stopping.signal.aborted && (exitCodeOf(failure) !== exitCodes.bug || failure === stopped)) {
    // Failures after an interruption are expected.
    process.exitCode = interrupted === undefined ? exitCodes.done : exitCodes.interrupted;
  } else {
    printError(failure, { ...io, palette: paletteOf(depthOf(process.stderr)) });
    process.exitCode = exitCodeOf(failure);
  }
}

/** All resources are closed; a forgotten handle must not keep the process alive. */
const leftOpen = setInterval(() => {
  if (process.stdout.writableLength === 0 && process.stderr.writableLength === 0) process.exit();
}, 1000);
leftOpen.unref();
