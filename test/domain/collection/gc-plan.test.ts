import { describe, expect, it } from 'vitest';
import {
  type PlanContext,
  type PlanRow,
  planRemovals,
} from '../../../src/domain/collection/gc-plan.ts';
import { Fleet } from '../../../src/domain/fleet/fleet.ts';
import { leaseKey } from '../../../src/domain/identity/registry-keys.ts';
import type { AgentRecord } from '../../../src/domain/records/schemas.ts';
import type { KeyValueEntry } from '../../../src/domain/records/stored-record.ts';
import { seconds } from '../../../src/domain/time.ts';
import { brakeEntry, holdEntry } from '../support/sample-fleet.ts';
import {
  agentEntry,
  agentRecord,
  instanceEntry,
  instanceRecord,
  runId,
  slotOf,
} from '../support/sample-records.ts';

const now = Date.UTC(2026, 5, 1);
const ttl = seconds(15);
const grace = seconds(30);

const around = (more: Partial<PlanContext> = {}): PlanContext => ({
  ...{ now, seats: 1, leases: new Set(), answering: new Set(), orphans: { ttl, grace } },
  ...more,
});
const leaseOf = (place: string, run: string) => leaseKey({ ...slotOf(place), run: runId(run) });
const standing = (place: string, run: string) => new Set([leaseOf(place, run)]);

function fleetOf(...entries: readonly KeyValueEntry[]): Fleet {
  const fleet = new Fleet();
  fleet.replace(entries, entries.length);
  return fleet;
}

const suspectFor = (duration: number): Partial<AgentRecord> => ({
  suspect: { reason: 'silent', since: now - duration },
});
const agent = (place: string, run: string, change: Partial<AgentRecord> = {}) =>
  agentEntry(1, agentRecord(place, run, change));
const instance = (place: string, run: string, name: string) =>
  instanceEntry(2, instanceRecord(place, run, name));

const rows = (fleet: Fleet, more: Partial<PlanContext> = {}) =>
  planRemovals(fleet, around(more)).rows;
const only = (fleet: Fleet, more: Partial<PlanContext> = {}): PlanRow | undefined => {
  const found = rows(fleet, more);
  expect(found).toHaveLength(1);
  return found[0];
};

describe('what a plan says of a run', () => {
  const silent = fleetOf(
    agent('h1/a', 'r1', suspectFor(seconds(10))),
    instance('h1/a', 'r1', 'web/1'),
  );
  const due = fleetOf(agent('h1/a', 'r1', suspectFor(grace)));
  const hold = (until: number, place = 'h1') => holdEntry(place, { until, why: 'disk' });
  const dead = fleetOf(
    agent('h1/a', 'r1', { phase: 'expired', since: now - 5 }),
    instance('h1/a', 'r1', 'web/1'),
    instance('h1/a', 'r0', 'web/2'),
  );
  const held = (until: number, place?: string) =>
    fleetOf(agent('h1/a', 'r1', suspectFor(grace)), hold(until, place));

  it.each([
    ['that lives: nothing', fleetOf(agent('h1/a', 'r1')), { leases: standing('h1/a', 'r1') }, []],
    [
      'that was declared dead: it goes with all under its slot',
      dead,
      {},
      [{ why: 'expired', instances: 2, next: 'remove', at: now, latest: now, heldBy: null }],
    ],
    [
      'in its grace: when that is over',
      silent,
      {},
      [
        {
          ...{ why: 'silent', next: 'expire', instances: 1, since: now - seconds(10) },
          ...{ at: now + seconds(20), latest: now + seconds(20) },
          heldBy: { by: 'grace', until: now + seconds(20) },
        },
      ],
    ],
    ['whose grace is just over: now', due, {}, [{ at: now, latest: now, heldBy: null }]],
    [
      'whose lease stands again: not as it is',
      due,
      { leases: standing('h1/a', 'r1') },
      [{ at: null, latest: null, heldBy: { by: 'lease-stands' } }],
    ],
    [
      'found unreachable, whose lease has not lapsed yet: that is no sign of life',
      fleetOf(agent('h1/a', 'r1', { suspect: { reason: 'unreachable', since: now - ttl + 1 } })),
      { leases: standing('h1/a', 'r1') },
      [{ why: 'unreachable', at: now + grace - ttl + 1, heldBy: { by: 'grace' } }],
    ],
    [
      'found unreachable, whose lease stands after its ttl: not as it is',
      fleetOf(agent('h1/a', 'r1', { suspect: { reason: 'unreachable', since: now - ttl } })),
      { leases: standing('h1/a', 'r1') },
      [{ at: null, heldBy: { by: 'lease-stands' } }],
    ],
    [
      'that answers: not as it is',
      due,
      { answering: new Set([runId('r1')]) },
      [{ at: null, heldBy: { by: 'answers' } }],
    ],
    [
      'on hold: its ttl and its grace after that',
      held(now + 100),
      {},
      [
        {
          ...{ at: now + 100 + ttl + grace, latest: now + 100 + ttl + grace },
          heldBy: { by: 'hold', until: now + 100, why: 'disk' },
        },
      ],
    ],
    ['on hold by itself', held(now + 7, 'h1/a'), {}, [{ heldBy: { by: 'hold', until: now + 7 } }]],
    ['another of whose host is on hold: as ever', held(now + 7, 'h1/b'), {}, [{ at: now }]],
    [
      'whose lease has gone and that nobody suspects: within ttl and grace',
      fleetOf(agent('h1/a', 'r1')),
      {},
      [
        {
          ...{ why: 'lapsed', next: 'suspect', since: null },
          ...{ at: now + grace, latest: now + ttl + grace, heldBy: null },
        },
      ],
    ],
    [
      'that nobody watches: not as it is, and that is why',
      due,
      { seats: 0 },
      [{ at: null, latest: null, heldBy: { by: 'unobserved' } }],
    ],
    [
      'that nobody watches, in its grace: both are so, the grace is said',
      silent,
      { seats: 0 },
      [{ at: null, latest: null, heldBy: { by: 'grace' } }],
    ],
  ])('%s', (_, fleet, more, expected) => {
    expect(rows(fleet, more)).toMatchObject(expected);
    expect(rows(fleet, more)).toHaveLength(expected.length);
  });
});

describe('what a plan says of a braked zone', () => {
  const zone = (count: number, silent: number, ...more: readonly KeyValueEntry[]) =>
    fleetOf(
      ...Array.from({ length: count }, (_, n) =>
        agent(`h${n}/a`, `r${n}`, n < silent ? suspectFor(grace + seconds(silent - n)) : {}),
      ),
      ...more,
    );
  const alive = (from: number, to: number) =>
    new Set(Array.from({ length: to - from }, (_, n) => leaseOf(`h${from + n}/a`, `r${from + n}`)));

  it('one turn after the other, a pace apart, the one silent for longest first', () => {
    const fleet = zone(10, 5, brakeEntry('default', { seen: 10, suspect: 5 }));
    const told = rows(fleet, { leases: alive(5, 10) });
    expect(told.map(({ heldBy, at }) => [heldBy, (at ?? 0) - now])).toEqual(
      [1, 2, 3, 4, 5].map((turn) => [
        { by: 'brake', zone: 'default', seen: 10, suspect: 5, pace: seconds(10), turn },
        turn * seconds(10),
      ]),
    );
  });

  it('one that is about to trip counts too', () => {
    const [first] = rows(zone(4, 3), { leases: alive(3, 4) });
    expect(first?.heldBy).toMatchObject({ by: 'brake', turn: 1 });
  });

  it('without so many there is none', () => {
    const [first] = rows(zone(4, 2), { leases: alive(2, 4) });
    expect(first?.heldBy).toBeNull();
  });

  it('who is not declared dead anyway takes no turn', () => {
    const fleet = zone(10, 5, brakeEntry('default', { seen: 10, suspect: 5 }));
    const leases = new Set([...alive(5, 10), leaseOf('h0/a', 'r0')]);
    const told = rows(fleet, { leases, answering: new Set([runId('r1')]) });
    expect(told.map(({ heldBy }) => heldBy)).toMatchObject([
      { by: 'lease-stands' },
      { by: 'answers' },
      { turn: 1 },
      { turn: 2 },
      { turn: 3 },
    ]);
  });

  it('one whose record nobody can read lets nobody through', () => {
    const fleet = zone(10, 1, { key: 'brake.default', revision: 9, text: '{"v":99}' });
    const told = rows(fleet, { leases: alive(1, 10) });
    expect(told[0]).toMatchObject({ at: null, heldBy: { by: 'brake', turn: null } });
    expect(told[1]).toMatchObject({ why: 'unreadable', key: 'brake.default' });
  });
});

describe('what a plan says of leftovers', () => {
  const slot = agent('h1/a', 'r2', { startedAt: now - seconds(60) });
  const lives = standing('h1/a', 'r2');

  it('superseded: by owner, and since when is the collector’s to know', () => {
    const fleet = fleetOf(slot, instance('h1/a', 'r1', 'web/1'), instance('h1/a', 'r1', 'web/2'));
    expect(only(fleet, { leases: lives })).toMatchObject({
      ...{ kind: 'leftovers', why: 'superseded', instances: 2, run: runId('r1') },
      ...{ since: now - seconds(60), at: now, latest: now + ttl + grace },
      heldBy: { by: 'observation' },
    });
  });

  it('an orphan: since when nobody can say; its time is the collector’s', () => {
    const fleet = fleetOf(instance('h1/a', 'r1', 'web/1'));
    const orphans = { ttl: seconds(2), grace: seconds(1) };
    expect(only(fleet, { orphans })).toMatchObject({
      ...{ kind: 'leftovers', why: 'orphan', since: null, latest: now + seconds(3) },
    });
  });

  it('of an owner whose lease stands: not as it is', () => {
    const fleet = fleetOf(slot, instance('h1/a', 'r1', 'web/1'));
    const leases = new Set([...lives, leaseOf('h1/a', 'r1')]);
    expect(only(fleet, { leases })).toMatchObject({ at: null, heldBy: { by: 'lease-stands' } });
  });
});

describe('what a plan says of a record that nobody can read', () => {
  it('nobody removes it, nor what is under it', () => {
    const fleet = fleetOf(
      { key: 'agent.h1.a', revision: 1, text: '{' },
      instance('h1/a', 'r1', 'web/1'),
    );
    expect(only(fleet)).toMatchObject({
      ...{ kind: 'record', key: 'agent.h1.a', instances: 1, next: 'nothing', at: null },
      ...{ heldBy: { by: 'unreadable' }, detail: expect.stringContaining('JSON') },
    });
  });
});
