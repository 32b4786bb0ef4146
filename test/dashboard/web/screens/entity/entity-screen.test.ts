import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  contenders,
  contestedBySlot,
  contestedIn,
  winnerOf,
} from '../../../../../src/dashboard/web/model/contested.ts';
import {
  missingBefore,
  type Stored,
} from '../../../../../src/dashboard/web/model/event-document.ts';
import {
  colorClassOf,
  glyphOf,
  runWords,
} from '../../../../../src/dashboard/web/model/state-styles.ts';
import { exportText } from '../../../../../src/dashboard/web/screens/entity/export-text.ts';
import { counted, instance, present, rollOf, run, tell } from '../../support/sample-fleet.ts';
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

describe('a chain that counts', () => {
  test('says how many of its own are missing before an event', () => {
    const before = [stored(4, 2, null), stored(3, 1, null)];
    expect(missingBefore(stored(9, 3, null), before)).toBeNull();
    expect(missingBefore(stored(9, 6, null), before)).toMatch(/^3 of its own/);
    expect(missingBefore(stored(9, 1, null), [])).toBeNull();
    expect(missingBefore(stored(9, 6, null, { lost: 3 }), before)).toMatch(/^3 that its process/);
    expect(missingBefore(stored(9, 6, null, { lost: 1 }), before)).toMatch(/^2 of .*; 1 that/);
  });

  test('another chain of the same run is not counted with it', () => {
    const session = { of: { ...stored(1, 1, null).of, entity: 'session' } };
    expect(
      missingBefore(stored(9, 2, null), [stored(8, 9, null, session), stored(7, 1, null)]),
    ).toBe(null);
  });
});

describe('what is copied', () => {
  const rows = [
    { ...happened(1, 'removed', 'live', 'gone', { note: { why: 'a|b\nc' } }), entity: run('h') },
    { ...happened(2, 'started', null, 'live'), entity: run('h|1', 'a`b') },
  ];

  test('as JSON and NDJSON it can be read again', () => {
    expect(JSON.parse(exportText.JSON(rows))).toEqual(rows);
    expect(
      exportText
        .NDJSON(rows)
        .split('\n')
        .map((line) => JSON.parse(line)),
    ).toEqual(rows);
  });

  test('as Markdown it is one row each, whatever a name or a reason holds', () => {
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

describe('one name under two slots', () => {
  const live = (host: string) => [
    { entity: run(host), state: present('live') },
    { entity: instance(host, 'w1'), state: 'serving' },
  ];
  const roll = rollOf([...live('h1'), ...live('h2')]);
  const hosts = (one: ReturnType<typeof winnerOf>) =>
    one?.stands.entity && 'host' in one.stands.entity ? one.stands.entity.host : undefined;
  const registered = (first: number, second: number) =>
    new Map([
      [1, first],
      [3, second],
    ]);

  test('is contested, and counts for whoever registered it later', () => {
    const all = contenders(roll, 'web', 'w1');
    expect(all).toHaveLength(2);
    expect(hosts(winnerOf(all, registered(1, 2)))).toBe('h2');
    expect(hosts(winnerOf(all, registered(8, 2)))).toBe('h1');
  });

  test('counts for the other once its owner is over, not while it is only silent', () => {
    const other = rollOf([...live('h1'), ...live('h2')]);
    tell(other, [{ entity: run('h2'), state: present('live', 'suspect') }]);
    expect(hosts(winnerOf(contenders(other, 'web', 'w1'), registered(1, 2)))).toBe('h2');
    tell(other, [{ entity: run('h2'), state: 'expired' }]);
    expect(hosts(winnerOf(contenders(other, 'web', 'w1'), registered(1, 2)))).toBe('h1');
  });

  test('where nobody knows who was later, nobody is said to have won', () => {
    expect(winnerOf(contenders(roll, 'web', 'w1'), new Map())).toBeUndefined();
  });

  test('is not contested any more when one of the two is gone, nor was it before', () => {
    const one = rollOf(live('h1'));
    expect(contenders(one, 'web', 'w1')).toHaveLength(1);
    tell(one, live('h2'));
    expect(contenders(one, 'web', 'w1')).toHaveLength(2);
    tell(one, [{ entity: instance('h1', 'w1'), state: 'removed' }]);
    expect(contenders(one, 'web', 'w1')).toHaveLength(1);
  });

  test('of the fleet are only those that stand under two slots, and only while they do', () => {
    const again = [
      { entity: run('h3', 'a', 1), state: 'superseded' },
      { entity: instance('h3', 'w3', 'a', 1), state: 'adopted' },
      { entity: run('h3', 'a', 2), state: present('live') },
      { entity: instance('h3', 'w3', 'a', 2), state: 'serving' },
    ];
    const fleet = rollOf([...live('h1'), ...again]);
    expect(contestedIn(fleet)).toEqual([]);
    tell(fleet, live('h2'));
    expect(contestedIn(fleet).map(({ stands }) => stands.entity)).toEqual([
      instance('h1', 'w1'),
      instance('h2', 'w1'),
    ]);
    tell(fleet, [{ entity: instance('h2', 'w1'), state: 'removed' }]);
    expect(contestedIn(fleet)).toEqual([]);
  });

  test('counts in the fleet as contested, and no more as live', () => {
    const [loser] = contestedIn(roll);
    const contested = contestedBySlot(loser ? [loser] : []);
    expect(counted(roll, { contested }).instances).toMatchObject({ live: 1, contested: 1 });
    const text = 'h2';
    expect(counted(roll, { contested, text }).instances).toMatchObject({ live: 1, contested: 0 });
    expect(counted(roll).instances).toMatchObject({ live: 2, contested: 0 });
  });

  test('has a sign that nothing else has', () => {
    expect(colorClassOf('contested')).toBe('contested');
    for (const word of [...runWords, 'dubious', 'failing', 'draining', 'planned', 'braked', 'x'])
      expect(glyphOf(word)).not.toBe(glyphOf('contested'));
  });
});
