import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  missingBefore,
  type Stored,
} from '../../../../../src/dashboard/web/model/event-document.ts';
import { exportText } from '../../../../../src/dashboard/web/screens/entity/export-text.ts';
import { run } from '../../support/sample-fleet.ts';
import { happened } from '../../support/transitions.ts';

const stored = (
  seq: number,
  n: number,
  record: Stored['record'],
  more: Partial<Stored> = {},
): Stored => ({
  of: { entity: 'run', host: 'h', agent: 'a', run: 'run000000001' },
  at: seq,
  chart: 'c0ffee000000',
  edges: [],
  event: { type: 'x' },
  actor: { host: 'h', agent: 'a' },
  ...{ seq, n, record, ...more },
});

describe('the counter of a chain', () => {
  test('shows how many events of the chain are missing before an event', () => {
    const before = [stored(4, 2, null), stored(3, 1, null)];
    expect(missingBefore(stored(9, 3, null), before)).toBeNull();
    expect(missingBefore(stored(9, 6, null), before)).toMatch(/^3 of its own/);
    expect(missingBefore(stored(9, 1, null), [])).toBeNull();
    expect(missingBefore(stored(9, 6, null, { lost: 3 }), before)).toMatch(/^3 that its process/);
    expect(missingBefore(stored(9, 6, null, { lost: 1 }), before)).toMatch(/^2 of .*; 1 that/);
  });

  test('does not count another chain of the same run', () => {
    const session = { of: { ...stored(1, 1, null).of, entity: 'session' } };
    expect(
      missingBefore(stored(9, 2, null), [stored(8, 9, null, session), stored(7, 1, null)]),
    ).toBe(null);
  });
});

describe('the copied rows', () => {
  const rows = [
    { ...happened(1, 'removed', 'live', 'gone', { note: { why: 'a|b\nc' } }), entity: run('h') },
    { ...happened(2, 'started', null, 'live'), entity: run('h|1', 'a`b') },
  ];

  test('can be parsed again as JSON and NDJSON', () => {
    expect(JSON.parse(exportText.JSON(rows))).toEqual(rows);
    expect(
      exportText
        .NDJSON(rows)
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual(rows);
  });

  test('are one Markdown row each, whatever the name or reason contains', () => {
    fc.assert(
      fc.property(fc.string(), (why) => {
        const row = { ...happened(1, 'x', null, 'y', { note: { why } }), entity: run('h') };
        const lines = exportText.Markdown([row]).split('\n');
        expect(lines).toHaveLength(3);
        expect(lines[2]?.replace(/\\./g, '').split('|')).toHaveLength(10);
      }),
      { examples: [['a|b'], ['\\|'], ['a\nb'], ['<script>']] },
    );
    expect(exportText.Markdown(rows)).toContain('h\\|1/a\\`b');
  });
});
