import { stripVTControlCharacters } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { agentTable } from '../../../src/cli/tables/agent-table.ts';
import { stateLabel } from '../../../src/cli/tables/state-label.ts';
import { type Column, table } from '../../../src/cli/tables/table.ts';
import { displayWidth } from '../../../src/cli/terminal/display-width.ts';
import { paletteOf } from '../../../src/cli/terminal/palette.ts';
import { agentRow } from '../support/sample-rows.ts';

interface Row {
  readonly name: string;
  readonly note: string;
  readonly n: string;
}
const plain = paletteOf(1);
const columns: readonly Column<Row>[] = [
  { head: 'NAME', cell: ({ name }) => name, shrinks: true },
  { head: 'NOTE', cell: ({ note }) => note, shrinks: true },
  { head: 'N', cell: ({ n }) => n, right: true },
];

describe('a table', () => {
  it('is as wide as its contents and aligned', () => {
    const rows = [
      { name: 'a', note: 'x', n: '1' },
      { name: 'longer', note: 'y', n: '200' },
    ];
    expect(table(rows, columns, { width: 80, palette: plain }).split('\n')).toEqual([
      'NAME    NOTE    N',
      'a       x       1',
      'longer  y     200',
    ]);
  });

  it('omits a column that is empty in every row', () => {
    const rows = [{ name: 'a', note: '', n: '1' }];
    expect(table(rows, columns, { width: 80, palette: plain })).toBe('NAME  N\na     1');
  });

  it('shortens the widest of the columns that may shrink and keeps the others', () => {
    const rows = [
      { name: 'short', note: 'a very long note indeed, which nobody reads', n: '12345678' },
    ];
    const [, line] = table(rows, columns, { width: 40, palette: plain }).split('\n');
    expect(line).toBe('short  a very long note indee…  12345678');
  });

  it('shortens the other columns too if that is not enough', () => {
    const rows = [{ name: 'x'.repeat(50), note: 'y'.repeat(50), n: '9'.repeat(50) }];
    const text = table(rows, columns, { width: 40, palette: plain });
    expect(Math.max(...text.split('\n').map((line) => line.length))).toBeLessThanOrEqual(40);
  });

  it('never cuts through a character', () => {
    const rows = [{ name: '🚀'.repeat(40), note: '👩‍👩‍👧'.repeat(40), n: '1' }];
    for (let width = 40; width < 60; width += 1) {
      const text = table(rows, columns, { width, palette: plain });
      expect(text.isWellFormed(), text).toBe(true);
      for (const line of text.split('\n')) expect(displayWidth(line)).toBeLessThanOrEqual(width);
    }
  });

  it('never exceeds its width and never breaks a row, with any text', () => {
    const cell = fc.string({ unit: 'grapheme-ascii', maxLength: 200 }).map((text) => text.trim());
    const row = fc.record({ name: cell, note: cell, n: cell });
    fc.assert(
      fc.property(
        fc.array(row, { minLength: 1, maxLength: 5 }),
        fc.integer({ min: 40, max: 120 }),
        (rows, width) => {
          const lines = table(rows, columns, { width, palette: plain }).split('\n');
          const empty = rows.every(({ name, note, n }) => name + note + n === '');
          if (!empty) expect(lines).toHaveLength(rows.length + 1);
          for (const line of lines) expect(line.length).toBeLessThanOrEqual(width);
        },
      ),
    );
  });

  it('is aligned from the first row to the last if it has many', () => {
    const rows = Array.from({ length: 250 }, (_, n) => ({ name: `${n}`, note: 'x', n: '1' }));
    rows.push({ name: 'the longest of all', note: 'y', n: '2' });
    const lines = table(rows, columns, { width: 80, palette: plain }).split('\n');
    expect(lines).toHaveLength(252);
    expect(new Set(lines.map((line) => line.length))).toEqual(
      new Set(['the longest of all  NOTE  N'.length]),
    );
  });

  it('omits an optional column if there is no room for it', () => {
    const extra = columns.map((column, n) => (n === 1 ? { ...column, optional: true } : column));
    const rows = [{ name: 'n'.repeat(20), note: 'note'.repeat(10), n: '1' }];
    expect(table(rows, extra, { width: 22, palette: plain }).split('\n')[0]).toBe(
      `NAME${' '.repeat(17)}N`,
    );
  });

  it('cuts no name: it leaves out optional columns, and then continues names on the next line', () => {
    const named = columns.map((column, n) => ({
      ...column,
      ...(n === 0 && { shrinks: false, isName: true }),
      ...(n === 1 && { optional: true }),
    }));
    const rows = [{ name: 'service/instance-1', note: 'a note of some length', n: '1' }];
    const at = (width: number) => table(rows, named, { width, palette: plain }).split('\n');
    expect(at(40)[1]).toBe('service/instance-1  a note of some l…  1');
    expect(at(24)).toEqual(['NAME                N', 'service/instance-1  1']);
    expect(
      at(14)
        .slice(1)
        .map((line) => line.trim()),
    ).toEqual(['service/ins  1', 'tance-1']);
  });

  it('for a person shortens a name in the middle only if nothing else helps, and keeps one line for each row', () => {
    const named = columns.map((column, n) => ({
      ...column,
      ...(n === 0 && { shrinks: false, isName: true }),
      ...(n === 1 && { optional: true }),
    }));
    const rows = [
      { name: 'a-host-with-a-very-long-name.example.com/postgres-replica', note: 'x', n: '1' },
      { name: 'db-1/api', note: 'a note', n: '20' },
    ];
    const at = (width: number, shortensNames: boolean) =>
      table(rows, named, { width, palette: plain, shortensNames }).split('\n');
    expect(at(80, true)).toEqual(at(80, false));
    expect(at(40, true)).toEqual([
      'NAME                          NOTE     N',
      'a-host-with-a-…tgres-replica  x        1',
      'db-1/api                      a note  20',
    ]);
    expect(at(14, true).slice(1)).toEqual(['a-hos…lica   1', 'db-1/api    20']);
    expect(at(40, false).length).toBeGreaterThan(3);
  });

  it('fits a terminal of any width with names of any length, one line for each row', () => {
    const name = fc
      .array(fc.constantFrom(...'a-9.', '東', 'é', '🚀', '👩‍👩‍👧'), {
        minLength: 1,
        maxLength: 300,
      })
      .map((characters) => characters.join(''));
    fc.assert(
      fc.property(
        fc.array(fc.tuple(name, name), { minLength: 1, maxLength: 4 }),
        fc.integer({ min: 20, max: 200 }),
        (names, width) => {
          const rows = names.map(([host, agent]) => agentRow({ host, agent }));
          const look = { width, palette: plain, shortensNames: true };
          const lines = agentTable(rows, 0, look).split('\n');
          expect(lines).toHaveLength(rows.length + 1);
          // 40 columns are the least in which the other columns of this table are legible.
          if (width >= 40)
            for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(width);
        },
      ),
    );
  });

  it('continues a text on the next line if it may wrap', () => {
    const texts = columns.map((column, n) => (n === 1 ? { ...column, wraps: true } : column));
    const rows = [{ name: 'a', note: 'one two three four', n: '1' }];
    const lines = table(rows, texts, { width: 19, palette: plain }).split('\n');
    expect(lines.map((line) => line.trimEnd())).toEqual([
      'NAME  NOTE        N',
      'a     one two     1',
      '      three four',
    ]);
  });

  it('counts display columns: colours take none, wide characters take two', () => {
    const colourful = paletteOf(8);
    const states: readonly Column<{ state: string; name: string }>[] = [
      { head: 'NAME', cell: ({ name }) => name },
      { head: 'STATE', cell: ({ state }) => stateLabel(state, colourful) },
    ];
    const rows = [
      { name: '東京', state: 'live' },
      { name: 'oslo', state: 'dubious' },
    ];
    const text = table(rows, states, { width: 80, palette: colourful });
    expect(text).toContain('\u001b[');
    expect(stripVTControlCharacters(text).split('\n')).toEqual([
      'NAME  STATE',
      '東京  ● live',
      'oslo  ◌ dubious',
    ]);
  });
});

describe('a state', () => {
  it.each([1, 4, 8, 24])('is readable without its colour, at %d bits', (depth) => {
    const words = ['live', 'dubious', 'suspect', 'failing', 'draining', 'expired'].map((state) =>
      stripVTControlCharacters(stateLabel(state, paletteOf(depth))),
    );
    expect(words).toEqual([
      '● live',
      '◌ dubious',
      '◌ suspect',
      '◐ failing',
      '◒ draining',
      '✕ expired',
    ]);
  });

  it('has no colour if the terminal has none', () => {
    expect(stateLabel('live', paletteOf(1))).toBe('● live');
    expect(stateLabel('live', paletteOf(8))).not.toBe('● live');
  });
});
