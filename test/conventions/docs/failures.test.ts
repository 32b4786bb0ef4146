import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';

const root = new URL('../../../', import.meta.url);
const page = readFileSync(new URL('docs/explanation/failures.md', root), 'utf8');
const [table = '', list = ''] = page.split('## Tests');
const tests = [...list.matchAll(/^(\d+)\. (\S+): "(.+)"$/gm)].map(([, number, file, name]) => ({
  number: Number(number),
  file: file ?? '',
  name: name ?? '',
}));

describe('the table of failures', () => {
  test.each(tests)('names a test that exists: $number, $name', ({ file, name }) => {
    expect(readFileSync(new URL(file, root), 'utf8')).toContain(name);
  });

  test('refers to each test of its list, and to no other', () => {
    const used = new Set([...table.matchAll(/\[(\d+)\]/g)].map(([, number]) => Number(number)));
    expect([...used].sort((a, b) => a - b)).toEqual(tests.map(({ number }) => number));
  });

  test('names a test, or why there is none, in every cell', () => {
    const rows = table
      .split('\n')
      .filter((line) => line.startsWith('| ') && !line.includes('event |'));
    const cells = rows.flatMap((row) => row.split('|').slice(2, -1)).map((cell) => cell.trim());
    const isTold = (cell: string) => /\[\d+\]$|^-$|^not tested: .{30,}|^as `agent`$/.test(cell);
    expect(cells.filter((cell) => !isTold(cell))).toEqual([]);
  });
});
