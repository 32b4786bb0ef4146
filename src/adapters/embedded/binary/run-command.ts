import { spawn } from 'node:child_process';
import type { Millis } from '../../../domain/time.ts';

/** How a command ended: `code` is `undefined` when it could not be started or was ended by a signal. */
export type CommandEnd = { code: number | undefined; stdout: string; stderr: string };

/**
 * Runs one command to its end and returns what it said, whatever its exit code.
 *
 * Messages are asked for in English, because some are parsed. An abort or the end of `within`
 * terminates the command; the promise settles only once it has really gone, so that a directory it
 * wrote to can be removed then.
 * @throws the signal's reason, if that is what ended it
 */
export async function runCommand(
  command: string,
  args: readonly string[],
  { cwd, signal, within }: { cwd?: string; signal?: AbortSignal | undefined; within: Millis },
): Promise<CommandEnd> {
  signal?.throwIfAborted();
  const limit = AbortSignal.timeout(within);
  const child = spawn('env', ['LC_ALL=C', command, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    signal: signal === undefined ? limit : AbortSignal.any([signal, limit]),
    ...(cwd === undefined ? {} : { cwd }),
  });
  let [stdout, stderr] = ['', ''];
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  child.on('error', (error) => {
    stderr += limit.aborted ? `took more than ${within} ms` : error.message;
  });
  const code = await new Promise<number | undefined>((resolve) => {
    child.on('close', (exit) => resolve(exit !== null && exit >= 0 ? exit : undefined));
  });
  signal?.throwIfAborted();
  return { code, stdout, stderr };
}
