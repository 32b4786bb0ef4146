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

/** One slot that claims `web/1`: its run, and the revision of its registration. */
interface Claimant {
  readonly target: string;
  readonly token: number;
  readonly owner: Partial<AgentRecord> | 'superseded' | 'being adopted' | 'absent' | 'unreadable';
}

function fleetOf(claimants: readonly Claimant[]): Fleet {
  const fleet = new Fleet();
  for (const { target, token, owner } of claimants) {
    const record = instanceRecord(target, 'run1', 'web/1');
    fleet.apply([instanceEntry(token, record)], token);
    if (owner === 'absent') continue;
    const isRestarted = owner === 'superseded' || owner === 'being adopted';
    const agent = agentRecord(target, isRestarted ? 'run2' : 'run1', {
      ...(owner === 'being adopted' && { phase: 'registering' }),
    });
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

test('the latest registration wins when two hosts register one instance (G11)', () => {
  const old = { target: 'h1/a', token: 10, owner: {} };
  const young = { target: 'h2/a', token: 20, owner: {} };
  expect(reasons(old, young)).toEqual({ h1: 'contested', h2: null });
  expect(reasons({ ...old, token: 30 }, young)).toEqual({ h1: null, h2: 'contested' });
});

test('the losing registration is contested since the winner registered', () => {
  const [loser, winner] = rowsOf([
    { target: 'h1/a', token: 10, owner: {} },
    { target: 'h2/a', token: 20, owner: {} },
  ]);
  expect(loser?.since).toBe(winner?.since);
});

test('two agents of one host contest an instance like two hosts', () => {
  const rows = rowsOf([
    { target: 'h1/a', token: 10, owner: {} },
    { target: 'h1/b', token: 20, owner: {} },
  ]);
  expect(rows.map(({ agent, reason }) => [agent, reason])).toEqual([
    ['a', 'contested'],
    ['b', null],
  ]);
});

test('a winner that is only suspect stays the winner, so no consumer sees two sets', () => {
  expect(
    reasons({ target: 'h1/a', token: 10, owner: {} }, { target: 'h2/a', token: 20, owner: silent }),
  ).toEqual({ h1: 'contested', h2: 'silent' });
});

test.each([
  ['expired', expired, 'contested'],
  ['superseded', 'superseded', 'superseded'],
  ['gone without a record', 'absent', 'orphan'],
] as const)('a winner whose owner is %s gives way', (_, owner, reason) => {
  expect(
    reasons({ target: 'h1/a', token: 10, owner: {} }, { target: 'h2/a', token: 20, owner }),
  ).toEqual({ h1: null, h2: reason });
});

test('a winner that a restarted agent may still adopt stays the winner (G11)', () => {
  const old = { target: 'h1/a', token: 10, owner: {} };
  const restarted = { target: 'h2/a', token: 20, owner: 'being adopted' as const };
  expect(reasons(old, restarted)).toEqual({ h1: 'contested', h2: 'superseded' });
});

test('a winner whose agent record is unreadable stays the winner', () => {
  expect(
    reasons(
      { target: 'h1/a', token: 10, owner: {} },
      { target: 'h2/a', token: 20, owner: 'unreadable' },
    ),
  ).toEqual({ h1: 'contested', h2: 'unobserved' });
});

test('registrations whose owners are all over each have their own reason', () => {
  expect(
    reasons(
      { target: 'h1/a', token: 10, owner: expired },
      { target: 'h2/a', token: 20, owner: 'absent' },
    ),
  ).toEqual({ h1: 'silent', h2: 'orphan' });
});

test('the same id of another service does not contest an instance', () => {
  const fleet = fleetOf([{ target: 'h1/a', token: 10, owner: {} }]);
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
  'being adopted',
  'absent',
  'unreadable',
);
const claims = fc
  .uniqueArray(fc.integer({ min: 2, max: 100 }), { minLength: 1, maxLength: 6 })
  .chain((tokens) =>
    fc
      .array(owners, { minLength: tokens.length, maxLength: tokens.length })
      .map((all) =>
        tokens.map((token, n): Claimant => ({ target: `h${n}/a`, token, owner: all[n] ?? {} })),
      ),
  );

test('a consumer never sees two registrations of one instance that are not dubious', () => {
  fc.assert(
    fc.property(claims, (claimants) => {
      const sure = rowsOf(claimants).filter(({ state }) => state !== 'dubious');
      expect(sure.length).toBeLessThanOrEqual(1);
    }),
  );
});

test('the registration that is not dubious has the highest token of all owners that are not over', () => {
  fc.assert(
    fc.property(claims, (claimants) => {
      const [sure] = rowsOf(claimants).filter(({ state }) => state !== 'dubious');
      const present = claimants.filter(({ owner }) => owner === 'unreadable' || !isOver(owner));
      if (sure) expect(sure.token).toBe(Math.max(...present.map(({ token }) => token)));
    }),
  );
});

const isOver = (owner: Claimant['owner']) =>
  owner === 'superseded' || owner === 'absent' || owner === expired;

test('the token that a consumer gets never decreases while no owner expires or leaves (G11)', () => {
  const owner = fc.constantFrom({}, silent, 'being adopted' as const);
  const steps = fc.array(fc.tuple(fc.integer({ min: 0, max: 3 }), owner), { maxLength: 20 });
  fc.assert(
    fc.property(steps, (all) => {
      const claimants = new Map<string, Claimant>();
      let handed = 0;
      for (const [n, [host, owner]] of all.entries()) {
        claimants.set(`h${host}`, { target: `h${host}/a`, token: n + 2, owner });
        const sure = rowsOf([...claimants.values()]).filter(({ reason }) => reason === null);
        for (const { token } of sure) {
          expect(token).toBeGreaterThanOrEqual(handed);
          handed = token;
        }
      }
    }),
  );
});
