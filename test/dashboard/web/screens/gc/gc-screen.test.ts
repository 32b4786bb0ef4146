import { describe, expect, test } from 'vitest';
import {
  meanWay,
  pipelineOf,
  whatGoes,
} from '../../../../../src/dashboard/web/model/gc-pipeline.ts';
import { sweepResultText } from '../../../../../src/dashboard/web/model/sweep-result.ts';
import { dryRun } from '../../../../../src/dashboard/web/screens/gc/dry-run-model.ts';
import type { PlanRow } from '../../../../../src/domain/collection/gc-plan.ts';
import { happened } from '../../support/transitions.ts';

const now = 100_000;
const row = (agent: string, more: Partial<PlanRow>): PlanRow => ({
  ...{ kind: 'run', why: 'expired', host: 'h', agent, run: `run${agent}`, key: null, detail: null },
  ...{ instances: 2, since: 0, next: 'remove', at: now, latest: now, heldBy: null, ...more },
});
const names = (some: readonly { row: PlanRow }[]) => some.map((one) => one.row.agent);

describe('a dry run', () => {
  const rows = [
    row('expired', {}),
    row('ripe', { why: 'silent', next: 'expire', at: now }),
    row('graced', {
      ...{ why: 'silent', next: 'expire', at: now + 1, heldBy: { by: 'grace', until: now + 1 } },
    }),
    row('held', { next: 'expire', heldBy: { by: 'hold', until: now, why: 'a kernel' } }),
    row('unwatched', { heldBy: { by: 'unobserved' }, at: null }),
    row('leftover', { kind: 'leftovers', heldBy: { by: 'observation' } }),
    row('young leftover', { kind: 'leftovers', heldBy: { by: 'observation' }, at: now + 1 }),
    row('lapsed', { why: 'lapsed', next: 'suspect', at: now + 30_000 }),
    row('unreadable', { kind: 'record', next: 'nothing', at: null, detail: 'no JSON' }),
  ];
  const { removed: takes, uncertain: perhaps, kept: leaves } = dryRun({ rows, at: now });

  test('removes only what is due and not held', () => {
    expect(names(takes)).toEqual(['expired', 'ripe']);
  });

  test('is uncertain where a collector decides by its own clock', () => {
    expect(names(perhaps).sort()).toEqual(['lapsed', 'leftover']);
  });

  test('keeps all other entries, each with a reason', () => {
    const why = new Map(leaves.map((one) => [one.row.agent, one.text]));
    expect(why.get('graced')).toMatch(/grace.*in /);
    expect(why.get('held')).toContain('a kernel');
    expect(why.get('unwatched')).toContain('no collector observes it');
    expect(why.get('unreadable')).toBe('no JSON');
    expect(takes.length + perhaps.length + leaves.length).toBe(rows.length);
  });
});

describe('the result of a sweep', () => {
  const said = (rows: readonly PlanRow[], transitions = 2, refused: string | null = null) =>
    sweepResultText({ did: 'swept', transitions, by: 'x/y', left: { rows, at: now, refused } });
  const brake = { by: 'brake', zone: 'z', seen: 4, suspect: 3, pace: 10_000, turn: 1 } as const;

  test('is done if nothing due is left, and runs in grace are not due', () => {
    const graced = { by: 'grace', until: now + 1 } as const;
    const rows = [row('a', { next: 'expire', at: now + 1, heldBy: graced })];
    for (const left of [[], rows]) {
      expect(said(left).level).toBe('good');
      expect(said(left).text).toMatch(/^Done: swept, 2 transitions, by x\/y/);
    }
  });

  test.each([
    ['one was lost to another writer', [row('a', {})], null, /^Partly done.*removed: h\/a \(2 ins/],
    ['one was refused', [row('a', {})], 'may not', /^Partly done.*h\/a.*may not/],
    [
      'one waits for a brake',
      [row('a', { next: 'expire', heldBy: brake })],
      null,
      /held back: h\/a \(the brake of zone z: 3 of 4/,
    ],
  ] as const)('is partial if %s', (_, rows, refused, text) => {
    const { level, text: words } = said(rows, 2, refused);
    expect([level, words]).toEqual(['partly', expect.stringMatching(text)]);
    expect(said(rows, 0, refused).text).toMatch(/^Nothing done/);
  });

  test('leaves a run due to expire to a collector', () => {
    const { level, text } = said([row('a', { next: 'expire', at: now })]);
    expect([level, text]).toEqual(['good', expect.stringContaining('a collector does: h/a')]);
  });

  test('counts long lists, and shows when the rest is unknown', () => {
    const many = Array.from({ length: 9 }, (_, n) => row(`a${n}`, {}));
    expect(said(many).text).toMatch(/h\/a2 \(2 instances and its record, 3 keys\) and 6 more\./);
    const done = { did: 'swept', transitions: 2, by: 'x/y', left: null } as const;
    expect(sweepResultText(done).text).toContain('not known');
  });
});

test('the text of a removal names instances, record and keys', () => {
  expect(whatGoes(row('a', {}))).toBe('2 instances and its record, 3 keys');
  expect(whatGoes(row('a', { instances: 0 }))).toBe('its record, 1 key');
  expect(whatGoes(row('a', { kind: 'leftovers', instances: 1 }))).toBe('1 instance, 1 key');
});

test('every row of a plan is in one column', () => {
  const rows = [row('a', {}), row('b', { next: 'nothing' }), row('c', { next: 'expire' })];
  const columns = pipelineOf(rows);
  expect(Object.values(columns).flat()).toHaveLength(rows.length);
});

test('the time from expiry to removal is measured only for runs with both events', () => {
  const isRun = (entity: number) => entity < 9;
  const some = [
    happened(30, 'removed', 'expired', 'gone', { entity: 1 }),
    happened(21, 'removed', 'serving', 'removed', { entity: 9 }),
    happened(20, 'expired', 'x', 'expired', { entity: 1 }),
    happened(10, 'expired', 'x', 'expired', { entity: 2 }),
    happened(9, 'expired', 'x', 'expired', { entity: 9 }),
  ];
  expect(meanWay(some, isRun)).toBe(10_000);
  expect(meanWay(some.slice(2), isRun)).toBeNull();
});
