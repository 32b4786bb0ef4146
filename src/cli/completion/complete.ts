import { getOwn } from '../../domain/json.ts';
import type { CommandEntry } from '../command/command.ts';
import { common } from '../command/settings/common.ts';
import { optionOf, type Setting, type Settings } from '../command/settings/setting.ts';
import { schemaValues } from './schema-values.ts';

/** Names of a live namespace. */
export type LiveNames = 'services' | 'instances' | 'agents' | 'hosts';

/** The names in a live namespace; none if it does not answer in time. */
type NamesOf = (kinds: readonly LiveNames[]) => Promise<readonly string[]>;

/** What the argument of a command names. */
const argumentsOf: Readonly<Record<string, readonly LiveNames[]>> = {
  ps: ['services'],
  why: ['instances', 'agents', 'services', 'hosts'],
  show: ['instances', 'agents'],
  'audit show': ['instances', 'agents'],
  'audit tail': ['instances', 'agents'],
  hold: ['hosts', 'agents'],
  release: ['hosts', 'agents'],
  drain: ['hosts', 'instances'],
  undrain: ['hosts', 'instances'],
  deregister: ['instances'],
};

/**
 * What the shell may complete after these words of a command line, one per item.
 *
 * `words` are those after `rollcall`; the last is being typed. Commands, flags and the values of flags are completed
 * from the table that the program itself is made of, names from a live namespace.
 */
export async function complete(
  words: readonly string[],
  commands: readonly CommandEntry[],
  namesOf: NamesOf = async () => [],
): Promise<string[]> {
  const { whole, cut } = joinedAtColons(words);
  const typed = whole.at(-1) ?? '';
  const before = whole.slice(0, -1).filter((word) => !word.startsWith('-'));
  const names = commands.map(({ name }) => name.split(' '));
  const entry =
    commands.find(({ name }) => name === before.slice(0, 2).join(' ')) ??
    commands.find(({ name }) => name === before[0]);
  const settings = { ...common, ...(await entry?.load())?.settings };
  const valued = flagBefore(whole, settings);
  const found = valued
    ? await valuesOf(valued, namesOf)
    : typed.startsWith('-')
      ? flagsOf(settings, entry)
      : [
          ...names
            .filter(
              (name) => name.length > before.length && before.every((word, n) => name[n] === word),
            )
            .map((name) => name[before.length] ?? ''),
          ...(await argumentsFor(entry, before, namesOf)),
        ];
  return [...new Set(found)]
    .filter((each) => each.startsWith(typed))
    .map((each) => each.slice(cut))
    .sort();
}

/** Bash gives `state:live` as three words; what it completes then is only the last of them. */
function joinedAtColons(words: readonly string[]): { whole: readonly string[]; cut: number } {
  const whole: string[] = [];
  let cut = 0;
  for (const [n, word] of words.entries()) {
    const isJoined = word === ':' || (n > 0 && words[n - 1] === ':');
    cut = isJoined ? (whole.at(-1)?.length ?? 0) + (word === ':' ? 1 : 0) : 0;
    if (isJoined && whole.length > 0) whole[whole.length - 1] += word;
    else whole.push(word);
  }
  return { whole, cut };
}

/** The flag whose value is being typed; undefined: none. */
function flagBefore(words: readonly string[], settings: Settings): Setting | undefined {
  const flag = words.at(-2);
  if (flag === undefined || !flag.startsWith('-')) return undefined;
  const setting = Object.values(settings).find((one) => {
    const { long, short } = optionOf(one);
    return long === flag || short === flag;
  });
  return setting && optionOf(setting).required ? setting : undefined;
}

async function valuesOf(setting: Setting, namesOf: NamesOf): Promise<readonly string[]> {
  if (optionOf(setting).long === '--service') return namesOf(['services']);
  return setting.values ?? schemaValues(setting.schema);
}

async function argumentsFor(
  entry: CommandEntry | undefined,
  before: readonly string[],
  namesOf: NamesOf,
): Promise<readonly string[]> {
  const kinds = entry && getOwn(argumentsOf, entry.name);
  const hasArgument = entry !== undefined && before.length > entry.name.split(' ').length;
  return kinds && !hasArgument ? namesOf(kinds) : [];
}

const flagsOf = (settings: Settings, entry: CommandEntry | undefined): readonly string[] =>
  entry
    ? [...Object.values(settings).map((setting) => optionOf(setting).long ?? ''), '--help']
    : [];
