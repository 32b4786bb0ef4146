import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import type { Millis } from '../../domain/time.ts';
import { common } from '../command/settings/common.ts';
import { optionOf } from '../command/settings/setting.ts';
import type { Terminal } from '../terminal/io.ts';
import type { LiveNames } from './complete.ts';

/** Who presses the tab key waits for so long at most since this process started, whatever the server does. */
const within: Millis = 950;
/** On a machine so busy that its start took longer. */
const atLeast: Millis = 50;
/** Names of a large namespace are some megabytes. */
const maxBuffer = 64 * 1024 * 1024;

/**
 * The names in the namespace that a command line is about; none if it does not answer in time. `spent`: how long this
 * process has run.
 */
export async function liveNames(
  kinds: readonly LiveNames[],
  words: readonly string[],
  { self: [node, main = ''], env }: Pick<Terminal, 'self' | 'env'>,
  spent: Millis = performance.now(),
): Promise<readonly string[]> {
  if (kinds.length === 0) return [];
  const args = [main, 'completion', 'names', ...connectionWords(words), '--', ...kinds];
  const timeout = Math.max(atLeast, Math.round(within - spent));
  const limits = { timeout, killSignal: 'SIGKILL', maxBuffer } as const;
  try {
    const { stdout } = await promisify(execFile)(node ?? '', args, { env, ...limits });
    return stdout.split('\n').filter((line) => line !== '');
  } catch {
    return [];
  }
}

/** The options of a command line that say which namespace, and with which login. */
function connectionWords(words: readonly string[]): readonly string[] {
  const flags = Object.values(common)
    .map((setting) => optionOf(setting))
    .filter(({ required }) => required)
    .map(({ long }) => long);
  return words.flatMap((word, n) => {
    const value = words[n + 1];
    const isDone = n < words.length - 1;
    if (isDone && flags.some((flag) => word.startsWith(`${flag}=`))) return [word];
    return flags.includes(word) && value !== undefined && n + 1 < words.length - 1
      ? [word, value]
      : [];
  });
}
