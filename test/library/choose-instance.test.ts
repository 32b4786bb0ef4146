import { describe, expect, it } from 'vitest';
import type { InstanceRow } from '../../src/domain/fleet/directory-rows.ts';
import { lessLoadedOfTwo, nearest, withLabels } from '../../src/domain/fleet/pick.ts';

const row = (id: string, host = 'h1', labels = {}) => ({ id, host, labels }) as InstanceRow;
const idsOf = (rows: readonly InstanceRow[]) => rows.map(({ id }) => id);
const zones: Readonly<Record<string, string>> = { h1: 'a', h2: 'a', h3: 'b' };
const zoneOf = ({ host }: InstanceRow) => zones[host];

describe('withLabels', () => {
  it('returns the rows that have all labels with their values', () => {
    const rows = [row('1', 'h1', { v: '2', x: 'y' }), row('2', 'h1', { v: '1' }), row('3')];
    expect(idsOf(withLabels(rows, { v: '2' }))).toEqual(['1']);
    expect(idsOf(withLabels(rows, { v: '2', x: 'z' }))).toEqual([]);
    expect(withLabels(rows, {})).toHaveLength(3);
  });
});

describe('nearest', () => {
  const rows = [row('1', 'h1'), row('2', 'h2'), row('3', 'h3')];

  it.each([
    [{ host: 'h1', zone: 'a' }, ['1']],
    [{ host: 'h9', zone: 'a' }, ['1', '2']],
    [{ zone: 'b' }, ['3']],
    [{ host: 'h9', zone: 'c' }, ['1', '2', '3']],
    [{}, ['1', '2', '3']],
  ])('prefers the host, then the zone, then takes all: %j', (place, ids) => {
    expect(idsOf(nearest(rows, place, zoneOf))).toEqual(ids);
  });
});

describe('lessLoadedOfTwo', () => {
  it('returns the less loaded of two different rows, whatever the random numbers', () => {
    const rows = ['1', '2', '3', '4'].map((id) => row(id));
    const load = ({ id }: InstanceRow) => Number(id);
    const chosen = new Map<string, number>();
    for (let a = 0; a < 4; a += 1) {
      for (let b = 0; b < 3; b += 1) {
        const fractions = [a / 4 + 0.01, b / 3 + 0.01];
        const id = lessLoadedOfTwo(rows, load, () => fractions.shift() ?? 0)?.id ?? '';
        chosen.set(id, (chosen.get(id) ?? 0) + 1);
      }
    }
    // Of the 12 ordered pairs, the smaller one: 1 in 6, 2 in 4, 3 in 2, 4 in none.
    expect(Object.fromEntries(chosen)).toEqual({ 1: 6, 2: 4, 3: 2 });
  });

  it('returns the only row, and nothing of no rows', () => {
    expect(
      lessLoadedOfTwo(
        [row('1')],
        () => 1,
        () => 0.9,
      )?.id,
    ).toBe('1');
    expect(
      lessLoadedOfTwo(
        [],
        () => 1,
        () => 0,
      ),
    ).toBeUndefined();
  });
});
