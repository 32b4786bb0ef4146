import { spawn } from 'node:child_process';
import { kill } from 'node:process';
import type { Readable } from 'node:stream';
import type { Millis } from '../../../domain/time.ts';

/** The end of a command of the user. */
export interface ShellEnd {
  /** Its exit code; 128 + n after signal n; 124 if it took too long. */
  readonly code: number;
  /** The last lines that it wrote. */
  readonly output: string;
}

const longestOutput = 2000;

/** Runs a command in a shell, with the file's path as ROLLCALL_FILE. All its processes end at the limit. */
export async function runShell(command: string, file: string, within: Millis): Promise<ShellEnd> {
  const child = spawn('env', [`ROLLCALL_FILE=${file}`, '/bin/sh', '-c', command], {
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  let output = '';
  // Without a free file descriptor there are no streams, and the error follows.
  const streams: readonly (Readable | undefined)[] = [child.stdout, child.stderr];
  for (const stream of streams) {
    stream?.setEncoding('utf8').on('data', (text: string) => {
      output = (output + text).slice(-longestOutput);
    });
  }
  let isLate = false;
  const timer = setTimeout(() => {
    isLate = true;
    if (child.pid !== undefined) kill(-child.pid, 'SIGKILL');
  }, within);
  const closed = new Promise((resolve) => child.once('close', resolve));
  const code = await new Promise<number>((resolve) => {
    child.once('error', ({ message }) => {
      output += message;
      resolve(127);
    });
    child.once('exit', (exit, signal) => resolve(exit ?? (signal === null ? 1 : 128)));
  });
  clearTimeout(timer);
  // What it started in the background may hold its output open.
  await Promise.race([closed, soon()]);
  for (const stream of streams) stream?.destroy();
  return isLate
    ? { code: 124, output: `took more than ${within} ms. ${output}` }
    : { code, output: output.trim() };
}

const soon = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 200).unref());
