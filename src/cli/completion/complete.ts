import type { CommandEntry } from '../command/command.ts';
import { common } from '../command/settings/common.ts';
import { optionOf, type Settings } from '../command/settings/setting.ts';

/**
 * What the shell may complete after these words of a command line, one per item.
 *
 * `words` are those after `rollcall`; the last is being typed. Commands, groups and flags are completed
 * from the table that the program itself is made of. Names in the registry are not: that needs a connection.
 */
export async function complete(
  words: readonly string[],
  commands: readonly CommandEntry[],
): Promise<string[]> {
  const typed = words.at(-1) ?? '';
  const before = words.slice(0, -1).filter((word) => !word.startsWith('-'));
  const names = commands.map(({ name }) => name.split(' '));
  const entry =
    commands.find(({ name }) => name === before.slice(0, 2).join(' ')) ??
    commands.find(({ name }) => name === before[0]);
  const next = names
    .filter((name) => name.length > before.length && before.every((word, n) => name[n] === word))
    .map((name) => name[before.length] ?? '');
  const flags = typed.startsWith('-') ? flagsOf((await entry?.load())?.settings ?? {}) : [];
  return [...new Set([...next, ...flags])].filter((each) => each.startsWith(typed)).sort();
}

const flagsOf = (settings: Settings): readonly string[] => [
  ...Object.values({ ...common, ...settings }).map((setting) => optionOf(setting).long ?? ''),
  '--help',
];
