import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { common } from '../command/settings/common.ts';
import { optionOf } from '../command/settings/setting.ts';
import type { Terminal } from '../terminal/io.ts';
import type { LiveNames } from './complete.ts';

/** Who presses the tab key does not wait longer. */
const within = 1500;

/** The lists that have the names, with a template for each name. */
const lists: Readonly<Record<LiveNames, readonly string[]>> = {
  services: ['ps', '-o', 'template={{service}}'],
  instances: ['ps', '-o', 'name'],
  agents: ['agents', '-o', 'name'],
  hosts: ['hosts', '-o', 'name'],
};

/** The names in the namespace that a command line is about, by lists of this program; none if it does not answer. */
export async function liveNames(
  kinds: readonly LiveNames[],
  words: readonly string[],
  { self: [node, main = ''], env }: Pick<Terminal, 'self' | 'env'>,
): Promise<readonly string[]> {
  const where = connectionWords(words);
  const found = await Promise.all(
    kinds.map(async (kind) => {
      try {
        const args = [main, ...lists[kind], ...where];
        const { stdout } = await promisify(execFile)(node ?? '', args, { env, timeout: within });
        return stdout.split('\n').filter((line) => line !== '' && !line.startsWith('{'));
      } catch {
        return [];
      }
    }),
  );
  return found.flat();
}

/** The options of a command line that say which namespace, and with which login. */
function connectionWords(words: readonly string[]): readonly string[] {
  const flags = Object.values(common)
    .map((setting) => optionOf(setting))
    .filter(({ required }) => required)
    .map(({ long }) => long);
  return words.flatMap((word, n) => {
    const value = words[n + 1];
    return flags.includes(word) && value !== undefined && n + 1 < words.length - 1
      ? [word, value]
      : [];
  });
}
