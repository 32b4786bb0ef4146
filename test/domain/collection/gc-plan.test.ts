import { describe, expect, it } from 'vitest';
import type { PlanContext, PlanRow } from '../../../src/domain/collection/gc-plan.ts';
import type { Fleet } from '../../../src/domain/fleet/fleet.ts';
import { seconds } from '../../../src/domain/time.ts';
import { holdEntry } from '../support/sample-fleet.ts';
import { instanceEntry, instanceRecord, runId } from '../support/sample-records.ts';
import { agent, fleetOf, grace, leaseOf, now, rows, suspectFor, ttl } from './planned-rows.ts';

const leasesOf = (target: string, run: string) => new Set([leaseOf(target, run)]);

const instance = (target: string, run: string, name: string) =>
  instanceEntry(2, instanceRecord(target, run, name));

const only = (fleet: Fleet, more: Partial<PlanContext> = {}): PlanRow | undefined => {
  const found = rows(fleet, more);
  expect(found).toHaveLength(1);
  return found[0];
};

describe('the plan for a run', () => {
  const silent = fleetOf(
    agent('h1/a', 'r1', suspectFor(seconds(10))),
    instance('h1/a', 'r1', 'web/1'),
  );
  const due = fleetOf(agent('h1/a', 'r1', suspectFor(grace)));
  const hold = (until: number, target = 'h1') => holdEntry(target, { until, why: 'disk' });
  const dead = fleetOf(
    agent('h1/a', 'r1', { phase: 'expired', since: now - 5 }),
    instance('h1/a', 'r1', 'web/1'),
    instance('h1/a', 'r0', 'web/2'),
  );
  const fleetOnHold = (until: number, target?: string) =>
    fleetOf(agent('h1/a', 'r1', suspectFor(grace)), hold(until, target));

  it.each([
    ['that is live is empty', fleetOf(agent('h1/a', 'r1')), { leases: leasesOf('h1/a', 'r1') }, []],
    [
      'that was declared dead removes it with all instances of its slot',
      dead,
      {},
      [{ why: 'expired', instances: 2, next: 'remove', at: now, latest: now, heldBy: null }],
    ],
    [
      'in its grace gives the time when the grace ends',
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
    [
      'whose grace is just over gives the time now',
      due,
      {},
      [{ at: now, latest: now, heldBy: null }],
    ],
    [
      'whose lease exists again gives no time',
      due,
      { leases: leasesOf('h1/a', 'r1') },
      [{ at: null, latest: null, heldBy: { by: 'lease-stands' } }],
    ],
    [
      'that is unreachable gives a time although the lease has not lapsed yet',
      fleetOf(agent('h1/a', 'r1', { suspect: { reason: 'unreachable', since: now - ttl + 1 } })),
      { leases: leasesOf('h1/a', 'r1') },
      [{ why: 'unreachable', at: now + grace - ttl + 1, heldBy: { by: 'grace' } }],
    ],
    [
      'that is unreachable gives no time when the lease was renewed after the suspicion',
      fleetOf(agent('h1/a', 'r1', { suspect: { reason: 'unreachable', since: now - ttl } })),
      { leases: leasesOf('h1/a', 'r1') },
      [{ at: null, heldBy: { by: 'lease-stands' } }],
    ],
    [
      'that answers the probe gives no time',
      due,
      { answering: new Set([runId('r1')]) },
      [{ at: null, heldBy: { by: 'answers' } }],
    ],
    [
      'whose host is on hold adds ttl and grace to the end of the hold',
      fleetOnHold(now + 100),
      {},
      [
        {
          ...{ at: now + 100 + ttl + grace, latest: now + 100 + ttl + grace },
          heldBy: { by: 'hold', until: now + 100, why: 'disk' },
        },
      ],
    ],
    [
      'whose agent is on hold names that hold',
      fleetOnHold(now + 7, 'h1/a'),
      {},
      [{ heldBy: { by: 'hold', until: now + 7 } }],
    ],
    [
      'ignores a hold on another agent of its host',
      fleetOnHold(now + 7, 'h1/b'),
      {},
      [{ at: now }],
    ],
    [
      'whose lease is gone but that is not suspect gives a range of ttl and grace',
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
      'gives no time while no collector has a seat, with that as the reason',
      due,
      { seats: 0 },
      [{ at: null, latest: null, heldBy: { by: 'unobserved' } }],
    ],
    [
      'in its grace names the grace as the reason while no collector has a seat',
      silent,
      { seats: 0 },
      [{ at: null, latest: null, heldBy: { by: 'grace' } }],
    ],
  ])('%s', (_, fleet, more, expected) => {
    expect(rows(fleet, more)).toMatchObject(expected);
    expect(rows(fleet, more)).toHaveLength(expected.length);
  });
});

describe('the plan for leftovers', () => {
  const slot = agent('h1/a', 'r2', { startedAt: now - seconds(60) });
  const live = leasesOf('h1/a', 'r2');

  it('has one row per superseded owner, with a range because only the collector knows their age', () => {
    const fleet = fleetOf(slot, instance('h1/a', 'r1', 'web/1'), instance('h1/a', 'r1', 'web/2'));
    expect(only(fleet, { leases: live })).toMatchObject({
      ...{ kind: 'leftovers', why: 'superseded', instances: 2, run: runId('r1') },
      ...{ since: now - seconds(60), at: now, latest: now + ttl + grace },
      heldBy: { by: 'observation' },
    });
  });

  it('has no age for orphans, and their limit comes from the options', () => {
    const fleet = fleetOf(instance('h1/a', 'r1', 'web/1'));
    const orphans = { ttl: seconds(2), grace: seconds(1) };
    expect(only(fleet, { orphans })).toMatchObject({
      ...{ kind: 'leftovers', why: 'orphan', since: null, latest: now + seconds(3) },
    });
  });

  it('gives no time while the lease of the owner exists', () => {
    const fleet = fleetOf(slot, instance('h1/a', 'r1', 'web/1'));
    const leases = new Set([...live, leaseOf('h1/a', 'r1')]);
    expect(only(fleet, { leases })).toMatchObject({ at: null, heldBy: { by: 'lease-stands' } });
  });
});

describe('the plan for an unreadable record', () => {
  it('removes neither the record nor the instances below it', () => {
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
