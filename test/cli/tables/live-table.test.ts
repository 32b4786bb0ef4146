import { stripVTControlCharacters } from 'node:util';
import { describe, expect, it } from 'vitest';
import { type LiveTableData, liveFrame } from '../../../src/cli/tables/live-table.ts';
import { paletteOf } from '../../../src/cli/terminal/palette.ts';
import { Fleet } from '../../../src/domain/fleet/fleet.ts';
import { instanceRow } from '../support/sample-rows.ts';

const now = 1_000_000;
const rows = (count: number, dubious: readonly number[] = []) =>
  Array.from({ length: count }, (_, n) =>
    instanceRow({
      service: 'web',
      id: `w${String(n).padStart(3, '0')}`,
      ...(dubious.includes(n) && { state: 'dubious', reason: 'silent' }),
    }),
  );
const shown = (more: Partial<LiveTableData>): LiveTableData => ({
  rows: rows(3),
  count: more.rows?.length ?? 3,
  directory: {
    fleet: new Fleet(),
    age: 400,
    observed: true,
    observedAge: 400,
    unreadable: () => [],
  },
  changes: [],
  stale: false,
  ...more,
});
const frame = (more: Partial<LiveTableData>, window = { columns: 100, rows: 24 }, depth = 1) =>
  liveFrame(shown(more), now, window, paletteOf(depth));

const heldHost = (host: string, why: string) => {
  const by = { host: 'h1', agent: 'operator', run: 'run000001' };
  const chain = { n: 1, hash: 'f'.repeat(64), since: now, run: 'run000001', by };
  const text = JSON.stringify({ v: 1, state: 'planned', host, until: now + 60_000, why, ...chain });
  return { key: `hold.${host}`, revision: 1, text };
};

describe('the live table', () => {
  it('lists doubtful instances first and counts those that are not live', () => {
    const lines = frame({ rows: rows(5, [3]) });
    expect(lines[1]).toContain('web/w003');
    expect(lines[1]).toContain('silent');
    expect(lines.join('\n')).toContain('5 instances, 1 not live; the view is <1 s old');
  });

  it('counts the rows that a filter leaves, and all of them', () => {
    const some = frame({ rows: rows(2, [0]), count: 10 }).join('\n');
    expect(some).toContain('2 of 10 instances, 1 not live; the view is <1 s old');
    const none = frame({ rows: [], count: 10 }).join('\n');
    expect(none).toContain('0 of 10 instances; the view is <1 s old');
    expect(frame({ rows: [] }).join('\n')).toContain('no instance is registered');
  });

  it.each([
    [24, 100],
    [10, 80],
    [6, 80],
    [3, 100],
  ])('is no larger than a window of %i lines and %i columns', (height, columns) => {
    for (const count of [0, 1, 5, 40, 400]) {
      const changes = ['one', 'two', 'three'];
      const lines = frame({ rows: rows(count, [0]), changes }, { columns, rows: height }, 8);
      expect(lines.length).toBeLessThan(height);
      for (const line of lines) {
        expect(stripVTControlCharacters(line).length).toBeLessThanOrEqual(columns);
      }
    }
  });

  it('shows since when it is unknown whether a collector is active', () => {
    const { directory } = shown({});
    const old = { ...directory, observedAge: 60_000 };
    expect(frame({ directory: old }).join('\n')).toContain(
      'unknown whether a collector is active: the seats were last read 1 min ago',
    );
  });

  it('counts the rows that do not fit and calls them live only if all are', () => {
    const lines = frame({ rows: rows(40) }).join('\n');
    const [, count] = /and (\d+) more, all live/.exec(lines) ?? [];
    expect(Number(count) + lines.split('web/').length - 1).toBe(40);
    const all = rows(
      40,
      Array.from({ length: 40 }, (_, n) => n),
    );
    expect(frame({ rows: all }).join('\n')).toMatch(/and \d+ more, \d+ not live/);
  });

  it('reports a missing collector and a store that does not answer', () => {
    const directory = { ...shown({}).directory, observed: false };
    expect(frame({ directory }).join('\n')).toContain('unobserved');
    expect(frame({ stale: true }).join('\n')).toContain('the store does not answer');
  });

  it('shows the latest changes however many holds exist and however long their reasons are', () => {
    const fleet = new Fleet();
    const holds = Array.from({ length: 9 }, (_, n) => heldHost(`h${n}`, 'w'.repeat(900)));
    fleet.replace(holds, 9);
    const directory = { ...shown({}).directory, fleet };
    const lines = frame({ rows: rows(30), directory, changes: ['one', 'two'] });
    expect(lines.slice(-2)).toEqual(['one', 'two']);
    expect(lines.filter((line) => line.includes('web/')).length).toBeGreaterThan(5);
    expect(lines.join('\n')).toMatch(/\d+ more lines of losses, brakes and holds: rollcall agents/);
  });

  it('has no escape sequence if colours are off', () => {
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the test looks for control characters
    expect(frame({ rows: rows(5, [1]) }).join('')).not.toMatch(/\u001b/);
  });
});
