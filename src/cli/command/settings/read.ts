import { Fault } from '../../../domain/fault.ts';
import { formatParseError } from '../../../domain/records/stored-record.ts';
import {
  attributeOf,
  nameOf,
  type Setting,
  type Settings,
  type Values,
  variableOf,
} from './setting.ts';

/** Where settings come from, the first first. */
export interface Sources {
  /** Flags that were given, by commander's names. */
  readonly flags: Readonly<Record<string, unknown>>;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly file?:
    | { readonly values: Readonly<Record<string, unknown>>; where(name: string): string }
    | undefined;
}

/**
 * The settings of a command, each from the first source that has it.
 * @throws {Fault} `bad-setting` naming the setting, its value, where it stands, and the rule
 */
export function readSettings<S extends Settings>(settings: S, from: Sources): Values<S> {
  const values = Object.entries(settings).map(([name, setting]) => [
    name,
    valueFrom(setting, from),
  ]);
  return Object.fromEntries(values);
}

/**
 * Refuses what a config file has and no command knows.
 * @throws {Fault} `bad-setting`
 */
export function refuseUnknown({ file }: Sources, known: readonly Setting[]): void {
  const names = new Set(known.map(nameOf));
  for (const name of Object.keys(file?.values ?? {})) {
    if (names.has(name)) continue;
    throw new Fault('bad-setting', `${file?.where(name)}: there is no setting '${name}'`, {
      hint: 'the settings of a config file have the names of the flags, without the dashes',
    });
  }
}

/** Whether somebody said something about it. */
export const isGiven = (setting: Setting, from: Sources): boolean =>
  rawOf(setting, from) !== undefined;

function valueFrom(setting: Setting, from: Sources): unknown {
  const raw = rawOf(setting, from);
  const read = setting.schema.safeParse(raw?.value);
  if (read.success) return read.data;
  const rules = formatParseError(read.error).replaceAll(/(^|; )(value|\d+): /g, '$1');
  if (!raw)
    throw new Fault('bad-setting', `--${nameOf(setting)} is missing: ${setting.description}`);
  const shown = setting.secret === true ? '' : ` ${shownValue(raw.value)}`;
  throw new Fault('bad-setting', `${raw.where}${shown}: ${rules}`);
}

const longestShown = 80;

function shownValue(value: unknown): string {
  const text = typeof value === 'string' ? `'${value}'` : JSON.stringify(value);
  return text.length > longestShown ? `${text.slice(0, longestShown)}…` : text;
}

/** An empty variable counts as none: that is how a unit file takes one away. */
function rawOf(setting: Setting, { flags, env, file }: Sources) {
  const name = nameOf(setting);
  const flag = flags[attributeOf(setting)];
  if (flag !== undefined) return { value: flag, where: `--${name}` };
  for (const variable of [variableOf(setting), setting.variable]) {
    const value = variable === undefined ? undefined : env[variable];
    if (value !== undefined && value !== '') return { value, where: variable ?? '' };
  }
  const value = file?.values[name];
  return value === undefined ? undefined : { value, where: `${file?.where(name)}: ${name}` };
}
