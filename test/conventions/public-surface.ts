import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { exitCodes } from '../../src/cli/command/exit.ts';
import { common } from '../../src/cli/command/settings/common.ts';
import { optionOf, type Settings, variableOf } from '../../src/cli/command/settings/setting.ts';
import { commands } from '../../src/cli/command-list.ts';
import { builtInCharts } from '../../src/runtime/transitions/publish-charts.ts';

const read = (path: string) =>
  readFileSync(fileURLToPath(new URL(`../../${path}`, import.meta.url)), 'utf8');

/** What users' code and scripts depend on. Plain data, so that it can be compared with the stored copy. */
export interface PublicSurface {
  /** Names exported by `src/index.ts`, types included. */
  readonly exports: readonly string[];
  /** Names exported by `src/testing.ts`, types included. */
  readonly testing: readonly string[];
  /** Machine name to chart hash. Each audit event carries the hash. */
  readonly charts: Readonly<Record<string, string>>;
  /** Codes of `Fault`. */
  readonly errorCodes: readonly string[];
  readonly exitCodes: readonly number[];
  /** Command name to its flags with their values, for example `--ttl <duration>`. */
  readonly flags: Readonly<Record<string, readonly string[]>>;
  /** Environment variables, the shared ones and those of each command. */
  readonly variables: readonly string[];
  /** Fields of each `--json` document, keyed by command and document, as docs/reference/protocol.md lists them. */
  readonly jsonFields: Readonly<Record<string, readonly string[]>>;
}

/** The public surface of this checkout. */
export function publicSurface(): PublicSurface {
  return {
    exports: exportsOf(read('src/index.ts')),
    testing: exportsOf(read('src/testing.ts')),
    charts: Object.fromEntries(builtInCharts().map(({ machine, hash }) => [machine, hash])),
    errorCodes: errorCodesOf(read('src/domain/fault.ts')),
    exitCodes: Object.values(exitCodes).sort((a, b) => a - b),
    flags: Object.fromEntries([
      ['(all)', flagsOf(common)],
      ...commands.map(({ name, settings }) => [name, flagsOf(settings)]),
    ]),
    variables: [
      ...new Set([common, ...commands.map(({ settings }) => settings)].flatMap(variables)),
    ].sort(),
    jsonFields: jsonFieldsOf(read('docs/reference/protocol.md')),
  };
}

const exportsOf = (index: string): readonly string[] =>
  [...index.matchAll(/export (?:type )?\{([^}]*)\}/g)]
    .flatMap(([, names = '']) => names.split(','))
    .map((name) =>
      name
        .trim()
        .replace(/^type /, '')
        .replace(/^\w+ as /, ''),
    )
    .filter((name) => name !== '')
    .sort();

const errorCodesOf = (source: string): readonly string[] =>
  [...source.matchAll(/^ {2}\| '([^']+)'/gm)].map(([, code = '']) => code).sort();

const flagsOf = (settings: Settings): readonly string[] =>
  Object.values(settings)
    .map((setting) => optionOf(setting).flags)
    .sort();

const variables = (settings: Settings): readonly string[] =>
  Object.values(settings).flatMap((setting) => [
    variableOf(setting),
    ...(setting.variable ? [setting.variable] : []),
  ]);

/** Rows of the table of documents: a command, a document, and then fields in backticks. */
function jsonFieldsOf(protocol: string): Readonly<Record<string, readonly string[]>> {
  const [, section = ''] = protocol.split(/^## 9\. .*$/m);
  const [table = ''] = section.split(/^## /m);
  const documents: Record<string, string[]> = {};
  for (const line of table.split('\n')) {
    const [, command, , fields = ''] = line.split('|').map((cell) => cell.trim());
    const name = command?.match(/^`([^`]+)`$/)?.[1];
    if (name === undefined) continue;
    const quoted = [...fields.matchAll(/`([^`]+)`/g)].map(([, text = '']) => text);
    // Several documents of one command keep their order in the table.
    const rows = Object.keys(documents).filter((key) => key.startsWith(`${name} #`)).length;
    documents[`${name} #${rows + 1}`] = quoted;
  }
  return documents;
}
