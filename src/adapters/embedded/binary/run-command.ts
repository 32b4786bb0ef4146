import { spawn } from 'node:child_process';
import type { Millis } from '../../../domain/time.ts';

/** The end of a command. `code` is `undefined` if it could not be started or was ended by a signal. */
export type CommandEnd = { code: number | undefined; stdout: string; stderr: string };

/**
 * Runs a command to its end and returns its output, for any exit code.
 *
 * Its messages are in English, because some are parsed. It is terminated at an abort and after `within`.
 * The promise settles only after the process has ended, so that its working directory can be removed.
 * @throws the signal's reason if the signal ended it
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
