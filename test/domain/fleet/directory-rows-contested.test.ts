import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type InstanceRow, toInstanceRow } from '../../../src/domain/fleet/directory-rows.ts';
import { Fleet } from '../../../src/domain/fleet/fleet.ts';
import type { AgentRecord } from '../../../src/domain/records/schemas.ts';
import {
  agentEntry,
  agentRecord,
  instanceEntry,
  instanceRecord,
} from '../support/sample-records.ts';

/** What stands in one slot that claims `web/1`: its run, and the revision of its registration. */
interface Claimant {
  readonly place: string;
  readonly token: number;
  readonly owner: Partial<AgentRecord> | 'superseded' | 'absent' | 'unreadable';
}

function fleetOf(claimants: readonly Claimant[]): Fleet {
  const fleet = new Fleet();
  for (const { place, token, owner } of claimants) {
    const record = instanceRecord(place, 'run1', 'web/1');
    fleet.apply([instanceEntry(token, record)], token);
    if (owner === 'absent') continue;
    const agent = agentRecord(place, owner === 'superseded' ? 'run2' : 'run1');
    const entry = agentEntry(1, typeof owner === 'object' ? { ...agent, ...owner } : agent);
    fleet.apply([owner === 'unreadable' ? { ...entry, text: '{}' } : entry], token);
  }
  return fleet;
}

function rowsOf(claimants: readonly Claimant[]): readonly InstanceRow[] {
  const fleet = fleetOf(claimants);
  return [...fleet.slots()].flatMap((slot) =>
    [...slot.instances.values()].flatMap((stored) =>
      stored.kind === 'stored' ? [toInstanceRow(stored, slot, fleet, true)] : [],
    ),
  );
}

const reasons = (...claimants: readonly Claimant[]) =>
  Object.fromEntries(rowsOf(claimants).map(({ host, reason }) => [host, reason]));

const silent = { suspect: { reason: 'silent' as const, since: 7 } };
const expired = { phase: 'expired' as const, ...silent };

test('of two hosts that register one instance the latest registration wins (G11)', () => {
  const old = { place: 'h1/a', token: 10, owner: {} };
  const young = { place: 'h2/a', token: 20, owner: {} };
  expect(reasons(old, young)).toEqual({ h1: 'contested', h2: null });
  expect(reasons({ ...old, token: 30 }, young)).toEqual({ h1: null, h2: 'contested' });
});

test('the loser is contested since the winner registered', () => {
  const [loser, winner] = rowsOf([
    { place: 'h1/a', token: 10, owner: {} },
    { place: 'h2/a', token: 20, owner: {} },
  ]);
  expect(loser?.since).toBe(winner?.since);
});

test('two agents of one host contest like two hosts', () => {
  const rows = rowsOf([
    { place: 'h1/a', token: 10, owner: {} },
    { place: 'h1/b', token: 20, owner: {} },
  ]);
  expect(rows.map(({ agent, reason }) => [agent, reason])).toEqual([
    ['a', 'contested'],
    ['b', null],
  ]);
});

test('the winner stays the winner while it is only suspect: nobody sees two sets', () => {
  expect(
    reasons({ place: 'h1/a', token: 10, owner: {} }, { place: 'h2/a', token: 20, owner: silent }),
  ).toEqual({ h1: 'contested', h2: 'silent' });
});

test.each([
  ['expired', expired, 'contested'],
  ['superseded', 'superseded', 'superseded'],
  ['gone without a record', 'absent', 'orphan'],
] as const)('a winner whose owner is %s gives way', (_, owner, reason) => {
  expect(
    reasons({ place: 'h1/a', token: 10, owner: {} }, { place: 'h2/a', token: 20, owner }),
  ).toEqual({ h1: null, h2: reason });
});

test('a winner whose slot cannot be read stays the winner: not knowing is not death', () => {
  expect(
    reasons(
      { place: 'h1/a', token: 10, owner: {} },
      { place: 'h2/a', token: 20, owner: 'unreadable' },
    ),
  ).toEqual({ h1: 'contested', h2: 'unobserved' });
});

test('where every owner is over each says its own reason', () => {
  expect(
    reasons(
      { place: 'h1/a', token: 10, owner: expired },
      { place: 'h2/a', token: 20, owner: 'absent' },
    ),
  ).toEqual({ h1: 'silent', h2: 'orphan' });
});

test('the same id of another service contests nothing', () => {
  const fleet = fleetOf([{ place: 'h1/a', token: 10, owner: {} }]);
  const other = instanceRecord('h2/a', 'run1', 'db/1');
  fleet.apply([agentEntry(20, agentRecord('h2/a', 'run1')), instanceEntry(21, other)], 21);
  for (const slot of fleet.slots()) {
    for (const stored of slot.instances.values()) {
      if (stored.kind !== 'stored') continue;
      expect(toInstanceRow(stored, slot, fleet, true).reason).toBeNull();
    }
  }
});

const owners = fc.constantFrom<Claimant['owner']>(
  {},
  silent,
  expired,
  { phase: 'leaving' },
  'superseded',
  'absent',
  'unreadable',
);
const claims = fc
  .uniqueArray(fc.integer({ min: 2, max: 100 }), { minLength: 1, maxLength: 6 })
  .chain((tokens) =>
    fc
      .array(owners, { minLength: tokens.length, maxLength: tokens.length })
      .map((all) =>
        tokens.map((token, n): Claimant => ({ place: `h${n}/a`, token, owner: all[n] ?? {} })),
      ),
  );

test('however many register one instance, a consumer never sees two that are not dubious', () => {
  fc.assert(
    fc.property(claims, (claimants) => {
      const sure = rowsOf(claimants).filter(({ state }) => state !== 'dubious');
      expect(sure.length).toBeLessThanOrEqual(1);
    }),
  );
});

test('whoever is not dubious has the highest token of all whose owner is not over', () => {
  fc.assert(
    fc.property(claims, (claimants) => {
      const [sure] = rowsOf(claimants).filter(({ state }) => state !== 'dubious');
      const standing = claimants.filter(({ owner }) => owner === 'unreadable' || !isOver(owner));
      if (sure) expect(sure.token).toBe(Math.max(...standing.map(({ token }) => token)));
    }),
  );
});

const isOver = (owner: Claimant['owner']) =>
  owner === 'superseded' || owner === 'absent' || owner === expired;

test('while no owner ends, the token that a consumer is handed never runs backwards (G11)', () => {
  const steps = fc.array(fc.tuple(fc.integer({ min: 0, max: 3 }), fc.constantFrom({}, silent)), {
    maxLength: 20,
  });
  fc.assert(
    fc.property(steps, (all) => {
      const claimants = new Map<string, Claimant>();
      let handed = 0;
      for (const [n, [host, owner]] of all.entries()) {
        claimants.set(`h${host}`, { place: `h${host}/a`, token: n + 2, owner });
        const sure = rowsOf([...claimants.values()]).filter(({ reason }) => reason === null);
        for (const { token } of sure) {
          expect(token).toBeGreaterThanOrEqual(handed);
          handed = token;
        }
      }
    }),
  );
});
