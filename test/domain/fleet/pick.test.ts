import { describe, expect, test } from 'vitest';
import type { InstanceRow } from '../../../src/domain/fleet/directory-rows.ts';
import { type PickPolicy, pickPolicies, selectUsable } from '../../../src/domain/fleet/pick.ts';
import { type Kind, rowOf } from './sample-rows.ts';

const rowsOf = (...all: readonly Kind[]) => all.map((kind, n) => rowOf(kind, n + 1));
const ids = (rows: readonly InstanceRow[]) => rows.map(({ id }) => id).join(' ');

describe('the selection for a consumer', () => {
  test.each<[string, Kind[], Record<PickPolicy, string>]>([
    ['is empty without instances', [], { strict: '', 'prefer-live': '', any: '' }],
    [
      'has all live instances',
      ['live', 'live'],
      { strict: '1 2', 'prefer-live': '1 2', any: '1 2' },
    ],
    [
      'has only the live ones when one in three is silent',
      ['silent', 'live', 'live'],
      { strict: '2 3', 'prefer-live': '2 3', any: '2 3 1' },
    ],
    [
      'has only the live ones when half are silent',
      ['silent', 'live'],
      { strict: '2', 'prefer-live': '2', any: '2 1' },
    ],
    [
      'has the dubious ones after the live ones when more than half are silent',
      ['silent', 'unreachable', 'live'],
      { strict: '3', 'prefer-live': '3 1 2', any: '3 1 2' },
    ],
    [
      'has the silent ones when all are silent, unless strict',
      ['silent', 'silent'],
      { strict: '', 'prefer-live': '1 2', any: '1 2' },
    ],
    [
      'has the unobserved ones when no collector has a seat, unless strict',
      ['unobserved', 'unobserved'],
      { strict: '', 'prefer-live': '1 2', any: '1 2' },
    ],
    [
      'treats a planned silence as a silence',
      ['planned', 'planned', 'live'],
      { strict: '3', 'prefer-live': '3 1 2', any: '3 1 2' },
    ],
    [
      'counts failing ones in the half but does not pick them for it',
      ['failing', 'failing', 'live', 'silent'],
      { strict: '3', 'prefer-live': '3 4', any: '3 4 1 2' },
    ],
    ['has failing ones only for any', ['failing'], { strict: '', 'prefer-live': '', any: '1' }],
    [
      'treats an instance that failed before it fell silent as failing',
      ['silent, was failing', 'silent'],
      { strict: '', 'prefer-live': '2', any: '2 1' },
    ],
    [
      'leaves out a draining one when others exist, and does not count it in the half',
      ['draining', 'draining', 'silent', 'live'],
      { strict: '4', 'prefer-live': '4', any: '4 3' },
    ],
    [
      'has a draining one only for any and only without others',
      ['draining', 'silent, was draining'],
      { strict: '', 'prefer-live': '', any: '1 2' },
    ],
    [
      'has instances that a restarted agent has not adopted yet',
      ['not adopted yet', 'not adopted yet', 'live'],
      { strict: '3', 'prefer-live': '3 1 2', any: '3 1 2' },
    ],
    [
      'has instances that a restarted agent did not adopt before it expired',
      ['superseded', 'superseded', 'silent'],
      { strict: '', 'prefer-live': '1 2 3', any: '1 2 3' },
    ],
    [
      'has no instance that a restarted agent has not adopted when it is announced',
      ['not adopted', 'not adopted', 'live'],
      { strict: '3', 'prefer-live': '3', any: '3' },
    ],
    [
      'has instances without an agent record',
      ['orphan'],
      { strict: '', 'prefer-live': '1', any: '1' },
    ],
  ])('%s', (_, all, expected) => {
    for (const policy of pickPolicies) {
      expect([policy, ids(selectUsable(rowsOf(...all), policy))]).toEqual([
        policy,
        expected[policy],
      ]);
    }
  });

  test('treats each service separately', () => {
    const rows = [
      rowOf('silent', 1),
      rowOf('live', 2, { service: 'db' }),
      rowOf('live', 3, { service: 'db' }),
    ];
    expect(ids(selectUsable(rows, 'prefer-live'))).toBe('1 2 3');
  });

  test('allows two services to use one id', () => {
    const rows = [rowOf('live', 1), rowOf('live', 1, { service: 'db' })];
    expect(selectUsable(rows, 'strict')).toHaveLength(2);
  });
});

describe('the selection among several registrations of one service/id (G11)', () => {
  const same = { id: 'w' };

  test.each<[string, InstanceRow[], string]>([
    [
      'has the winner, not the contested one',
      [rowOf('live', 2, same), rowOf('contested', 1, same)],
      'h2',
    ],
    [
      'has the live one, not a later one whose silent owner is expired',
      [rowOf('silent', 2, same), rowOf('live', 1, same)],
      'h1',
    ],
    [
      'has the live one, not a silent one on an earlier host',
      [rowOf('silent', 1, same), rowOf('live', 2, same)],
      'h2',
    ],
    [
      'has the later of two silent ones',
      [rowOf('silent', 1, same), rowOf('silent', 2, same)],
      'h2',
    ],
    [
      'has a silent one, which may come back, not a later superseded one, which cannot',
      [rowOf('superseded', 2, same), rowOf('silent', 1, same)],
      'h1',
    ],
    [
      'has the one that a restarted agent may still adopt, not an earlier silent one',
      [rowOf('not adopted yet', 2, same), rowOf('silent', 1, same)],
      'h2',
    ],
    [
      'has the later of two whose owners are over',
      [rowOf('orphan', 1, same), rowOf('superseded', 2, same)],
      'h2',
    ],
  ])('%s', (_, rows, host) => {
    for (const all of [rows, rows.toReversed()]) {
      expect(selectUsable(all, 'any').map((row) => row.host)).toEqual([host]);
    }
  });
});
