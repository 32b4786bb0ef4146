import { getOwn } from '../../domain/json.ts';
import type { CommandEntry } from '../command/command.ts';
import { common } from '../command/settings/common.ts';
import { optionOf, type Setting, type Settings } from '../command/settings/setting.ts';
import { isPlainWord } from '../terminal/shell-quoted.ts';
import { schemaValues } from './schema-values.ts';
import { quotedForBash, shellWords } from './shell-words.ts';

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

/** The shells that have a script. */
export type Shell = 'bash' | 'zsh' | 'fish';

/**
 * What a shell may insert in place of the word that is being typed, one per item. Bash inserts a text as it is, so it is
 * quoted here; zsh and fish quote it. Without a shell, for scripts of older versions, which do not quote, texts that
 * would need it are left out.
 *
 * @param given bash: the line up to the cursor; others: the words after `rollcall`, in zsh each as typed, in fish the last
 */
export async function complete(
  shell: Shell | undefined,
  given: readonly string[],
  commands: readonly CommandEntry[],
  namesOf: NamesOf = async () => [],
): Promise<string[]> {
  if (shell === undefined) {
    const { whole, cut } = joinedAtColons(given);
    const found = await candidates(whole, commands, namesOf);
    return found.filter(isPlainWord).map((each) => each.slice(cut));
  }
  const found = await candidates(readWords(shell, given), commands, namesOf);
  if (shell === 'zsh') return found;
  // Fish does not quote a tilde at the start: the word would mean the folder of a user.
  if (shell === 'fish') return found.filter((each) => !each.startsWith('~'));
  const { kept = 0, quote } = shellWords(given[0] ?? '').at(-1) ?? {};
  return found.flatMap((each) => quotedForBash(each.slice(kept), quote) ?? []);
}

/** The words after `rollcall` without quotation marks, from what a script of this shell gives. */
export function readWords(shell: Shell | undefined, given: readonly string[]): readonly string[] {
  const meant = (word: string) => shellWords(word).at(-1)?.value ?? '';
  if (shell === 'bash')
    return shellWords(given[0] ?? '')
      .slice(1)
      .map(({ value }) => value);
  if (shell === 'zsh') return given.map(meant);
  return shell === 'fish' ? [...given.slice(0, -1), ...given.slice(-1).map(meant)] : given;
}

/** Commands, flags and values of flags from the table that the program is made of, names from a live namespace. */
async function candidates(
  whole: readonly string[],
  commands: readonly CommandEntry[],
  namesOf: NamesOf,
): Promise<string[]> {
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
  return [...new Set(found)].filter((each) => each.startsWith(typed)).sort();
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
