import { z } from 'zod';
import type { Settings } from '../command/settings/setting.ts';
import { escapeControls, jsonLine } from '../terminal/escape-terminal.ts';
import type { Terminal } from '../terminal/io.ts';
import { withIsoTimes } from '../terminal/iso-times.ts';
import { statesOf } from './apply-filter.ts';
import { type TableLook, tableLook } from './column-widths.ts';

const formats = ['table', 'wide', 'json', 'yaml', 'name'] as const;
const Output = z.union([z.enum(formats), z.templateLiteral(['template=', z.string().min(1)])], {
  error: 'table, wide, json, yaml, name or template=TEXT',
});
type Format = z.infer<typeof Output>;

/** An example for each field of `--filter`. */
const filterExamples = {
  service: 'service:web',
  host: 'host:db-*',
  agent: 'agent:api',
  zone: 'zone:a',
  state: 'state:live',
  label: 'label.tier=gold',
} as const;

/** Settings of commands that list rows, `ps`, `agents` and `hosts`, whose rows have these fields. */
export const listSettings = (fields: readonly (keyof typeof filterExamples)[]) =>
  ({
    output: {
      flag: '-o, --output <format>',
      description:
        'table, wide (no column is cut or left out), json (as --json), yaml, name (one name per line), or template=TEXT (Liquid, with the fields of json: template={{host}})',
      fallback: 'table',
      schema: Output.optional(),
    },
    filter: {
      flag: '-f, --filter <words...>',
      description: `only rows that all words match: ${fields.map((field) => filterExamples[field]).join(', ')}, or a part of a name, a reason or a label (zone=a). ${fields[0]}:a,b is a or b; -${fields[0]}:a is not a`,
      schema: z
        .union([z.string().transform((text) => [text]), z.array(z.string())], {
          error: 'words such as state:dubious',
        })
        .transform((words) => words.join(' '))
        .default(''),
      values: [
        ...fields
          .filter((field) => field !== 'state')
          .map((field) => filterExamples[field].replace(/(?<=[:.]).*$/, '')),
        ...(fields.includes('state') ? statesOf(fields).states : []).flatMap((state) => [
          `state:${state}`,
          `-state:${state}`,
        ]),
      ],
    },
  }) as const satisfies Settings;

/** The width of tables: not limited for `-o wide`. */
export const listLook = (
  io: Pick<Terminal, 'tableWidth' | 'palette' | 'isTerminal'>,
  output: Format | undefined,
): TableLook => tableLook(output === 'wide' ? { ...io, tableWidth: Number.POSITIVE_INFINITY } : io);

/**
 * Prints rows in a format for programs. False: a table is wanted. `also`: further documents after the rows, each
 * with a field `event`, which no row has; `name` and `template=` print the rows alone.
 */
export async function printDocuments<Row extends object>(
  rows: readonly Row[],
  { json, output }: { readonly json: boolean; readonly output: Format | undefined },
  nameOf: (row: Row) => string,
  io: Pick<Terminal, 'out'>,
  also: () => Promise<readonly object[]> = async () => [],
): Promise<boolean> {
  const format = output ?? (json ? 'json' : 'table');
  if (format === 'table' || format === 'wide') return false;
  if (format === 'name') {
    for (const row of rows) io.out(escapeControls(nameOf(row)));
    return true;
  }
  if (format.startsWith('template=')) {
    const { rowTemplate } = await import('../../composition/files.ts');
    const render = await rowTemplate(format.slice('template='.length), escapeControls);
    for (const line of rows.map((row) => render(withIsoTimes(row)))) if (line !== '') io.out(line);
    return true;
  }
  for (const document of [...rows, ...(await also())]) {
    if (format === 'json') io.out(jsonLine(withIsoTimes(document)));
    else io.out(await yamlDocument(withIsoTimes(document)));
  }
  return true;
}

/** A row as a YAML document. With characters that could falsify a terminal it is in JSON, which is YAML. */
async function yamlDocument(row: object): Promise<string> {
  const line = jsonLine(row);
  if (line !== JSON.stringify(row)) return `---\n${line}`;
  const { yamlText } = await import('../../composition/files.ts');
  return `---\n${(await yamlText(row)).trimEnd()}`;
}
