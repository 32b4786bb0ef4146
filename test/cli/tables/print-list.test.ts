import { expect, test } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { instanceTable } from '../../../src/cli/tables/instance-table.ts';
import { listLook, printDocuments } from '../../../src/cli/tables/print-list.ts';
import { fakeTerminal } from '../support/fake-terminal.ts';
import { instanceRow } from '../support/sample-rows.ts';

const long = 'x'.repeat(150);
const rows = [
  instanceRow({ id: 'w1', since: 0 }),
  instanceRow({ id: long, labels: { a: 'two\nlines', b: 'safe\u202eevil' } }),
];
const nameOf = ({ service, id }: (typeof rows)[number]) => `${service}/${id}`;

type Output = Parameters<typeof printDocuments>[1]['output'];

async function printed(output: Output, json = false) {
  const { io, out } = fakeTerminal();
  expect(await printDocuments(rows, { json, output }, nameOf, io)).toBe(true);
  return out;
}

test('rows are one JSON document per line, with times in ms and as ISO text', async () => {
  const out = await printed('json');
  expect(out).toEqual(await printed(undefined, true));
  expect(out.map((line) => JSON.parse(line))).toEqual(
    rows.map((row) => ({ ...row, sinceIso: new Date(row.since).toISOString() })),
  );
  expect(JSON.parse(out[0] ?? '').sinceIso).toBe('1970-01-01T00:00:00.000Z');
});

test('rows are YAML documents with the fields of JSON, safe for a terminal', async () => {
  const text = (await printed('yaml')).join('\n');
  expect(text).not.toContain('\u202e');
  const documents = parseAllDocuments(text).map((one) => ('toJS' in one ? one.toJS() : one));
  expect(documents).toEqual((await printed('json')).map((line) => JSON.parse(line)));
});

test('rows are names, one per line', async () => {
  expect(await printed('name')).toEqual(['web/w1', `web/${long}`]);
});

test('rows are lines of a template, safe for a terminal, and empty lines are left out', async () => {
  const line =
    '{{service}}/{{id}} {{labels.b | default: ""}} {{labels | json}} {{zone | default: "-"}} {{sinceIso}}';
  const [first, second = ''] = await printed(`template=${line}`);
  expect(first).toBe('web/w1  {} - 1970-01-01T00:00:00.000Z');
  expect(second).toContain(long);
  expect(second).not.toMatch(/[\u202e\n]/);
  const some = '{% if id == "w1" %}{{id}} {{host}}{% endif %}';
  expect(await printed(`template=${some}`)).toEqual([`w1 ${rows[0]?.host}`]);
});

test.each([
  ['{{servce}}', 'undefined variable: servce'],
  ['{{service', 'not closed'],
  ['{{service | rot13}}', 'undefined filter: rot13'],
  ['{% include "/etc/passwd" %}', 'tag "include" not found'],
  ['{{service | raw}}', 'undefined filter: raw'],
])('a template that cannot be used is refused: %s', async (template, why) => {
  const refusal = await printed(`template=${template}`).catch((cause: unknown) => cause);
  expect(refusal).toMatchObject({ code: 'bad-setting' });
  expect(`${refusal}`).toContain(why);
});

test('a table is complete with -o wide and in a pipe, and fits a terminal', async () => {
  const at = (width: Partial<ReturnType<typeof fakeTerminal>['io']>, output?: 'wide') => {
    const { io } = fakeTerminal(width);
    return instanceTable(rows, 0, listLook(io, output));
  };
  expect(at({ tableWidth: Number.POSITIVE_INFINITY })).toContain(long);
  expect(at({ tableWidth: 80 }, 'wide')).toContain(long);
  expect(at({ tableWidth: 80, isTerminal: true }, 'wide')).toContain(long);
  for (const isTerminal of [true, false]) {
    const lines = at({ tableWidth: 80, isTerminal }).split('\n');
    for (const line of lines) expect(line.length).toBeLessThan(81);
    // A name that a program reads is never shortened.
    const cells = lines.map((line) => line.split(' ')[0]).join('');
    expect(cells.includes(long)).toBe(!isTerminal);
    if (isTerminal) expect(lines).toHaveLength(1 + rows.length);
  }
});
