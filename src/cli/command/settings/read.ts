import { Fault } from '../../../domain/fault.ts';
import { schemaProblems } from '../../../domain/records/schema-problems.ts';
import {
  attributeOf,
  nameOf,
  type Setting,
  type Settings,
  type Values,
  variableOf,
} from './setting.ts';

/** Sources of settings, in order of precedence. */
export interface Sources {
  /** Flags that were given, by their name in commander. */
  readonly flags: Readonly<Record<string, unknown>>;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly file?:
    | { readonly values: Readonly<Record<string, unknown>>; positionOf(name: string): string }
    | undefined;
  /** The settings of a context. */
  readonly context?: Sources['file'];
  /** Whether a flag names the context: it then overrides the environment. */
  readonly isContextNamed?: boolean;
  /** The settings of a login. */
  readonly login?: Sources['file'];
}

/**
 * The settings of a command, each from the first source that has it.
 * @throws {Fault} `bad-setting` with the setting, its value, its source and the rule
 */
export function readSettings<S extends Settings>(settings: S, from: Sources): Values<S> {
  const values = Object.entries(settings).map(([name, setting]) => [
    name,
    valueFrom(setting, from),
  ]);
  return Object.fromEntries(values);
}

/**
 * Refuses keys of the config file that no command has.
 * @throws {Fault} `bad-setting`
 */
export function refuseUnknown({ file }: Pick<Sources, 'file'>, known: readonly Setting[]): void {
  const names = new Set(known.map(nameOf));
  for (const name of Object.keys(file?.values ?? {})) {
    if (names.has(name)) continue;
    throw new Fault('bad-setting', `${file?.positionOf(name)}: unknown setting '${name}'`, {
      hint: 'a key of the config file is the name of a flag without its dashes',
    });
  }
}

/** Whether any source has a value for the setting. */
export const isGiven = (setting: Setting, from: Sources): boolean =>
  rawOf(setting, from) !== undefined;

/** Where the value comes from: `--port`, `ROLLCALL_PORT`, a place in the file; undefined for the default. */
export const sourceOf = (setting: Setting, from: Sources): string | undefined =>
  rawOf(setting, from)?.where;

function valueFrom(setting: Setting, from: Sources): unknown {
  const raw = rawOf(setting, from);
  const read = setting.schema.safeParse(raw?.value);
  if (read.success) return read.data;
  // Two items of a list may break the same rule.
  const rules = [...new Set(schemaProblems(read.error.issues).map(({ rule }) => rule))].join('; ');
  if (!raw)
    throw new Fault('bad-setting', `--${nameOf(setting)} is missing: ${setting.description}`);
  const got = setting.secret === true ? '' : ` (got ${shownValue(raw.value)})`;
  throw new Fault('bad-setting', `${raw.where} ${asClaim(rules)}${got}`);
}

/** A rule is a phrase (`at most 30 days`), or a sentence of its own (`a namespace is 1 to 32 of …`). */
const asClaim = (rule: string): string =>
  /^(an?|the) [\w ]+ (is|has) |^[A-Z]/.test(rule) ? `is not valid: ${rule}` : `must be ${rule}`;

const longestShown = 80;

function shownValue(value: unknown): string {
  const text = typeof value === 'string' ? `'${value}'` : JSON.stringify(value);
  return text.length > longestShown ? `${text.slice(0, longestShown)}…` : text;
}

/** An empty variable counts as unset, so that a unit file can clear one. */
function rawOf(setting: Setting, from: Sources) {
  const { flags, env, file, login, context, isContextNamed = false } = from;
  const name = nameOf(setting);
  const flag = flags[attributeOf(setting)];
  if (flag !== undefined) return { value: flag, where: `--${name}` };
  if (isContextNamed && context?.values[name] !== undefined) {
    return { value: context.values[name], where: `${context.positionOf(name)}: ${name}` };
  }
  for (const variable of [variableOf(setting), setting.variable]) {
    const value = variable === undefined ? undefined : env[variable];
    if (value !== undefined && value !== '') return { value, where: variable ?? '' };
  }
  for (const source of [context, file, login]) {
    const value = source?.values[name];
    if (value !== undefined) return { value, where: `${source?.positionOf(name)}: ${name}` };
  }
  return undefined;
}
