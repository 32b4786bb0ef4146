import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { countZones, judgeBrake, zoneOf } from '../../../src/domain/collection/brake.ts';
import { Fleet } from '../../../src/domain/fleet/fleet.ts';
import { ZoneName } from '../../../src/domain/identity/names.ts';
import { BrakePolicy, defaultFleetPolicy } from '../../../src/domain/policy/fleet-policy.ts';
import type { AgentRecord } from '../../../src/domain/records/schemas.ts';
import type { KeyValueEntry } from '../../../src/domain/records/stored-record.ts';
import { holdEntry } from '../support/sample-fleet.ts';
import { agentEntry, agentRecord } from '../support/sample-records.ts';

const policy = defaultFleetPolicy.brake;

describe('the verdict on a brake that is off', () => {
  test.each([
    // It trips above the fraction if the count is reached as well.
    [10, 3, 'keep'],
    [10, 4, 'trip'],
    [9, 3, 'trip'],
    [100, 30, 'keep'],
    [100, 31, 'trip'],
    [2, 2, 'keep'],
    [3, 2, 'keep'],
    [3, 3, 'trip'],
    [1, 1, 'keep'],
    [0, 0, 'keep'],
  ] as const)('for %i runs of which %i are suspect is %s', (seen, suspect, verdict) => {
    expect(judgeBrake({ seen, suspect }, false, policy)).toBe(verdict);
  });
});

describe('the verdict on a brake that is on', () => {
  test.each([
    [100, 16, 'keep'],
    [100, 15, 'keep'],
    [100, 14, 'release'],
    [20, 3, 'keep'],
    [20, 2, 'release'],
    [1, 1, 'keep'],
    [1, 0, 'release'],
    [0, 0, 'release'],
  ] as const)('for %i runs of which %i are suspect is %s', (seen, suspect, verdict) => {
    expect(judgeBrake({ seen, suspect }, true, policy)).toBe(verdict);
  });

  test('is release when no run is suspect, even with a release fraction of 0', () => {
    expect(judgeBrake({ seen: 9, suspect: 0 }, true, { ...policy, release: 0 })).toBe('release');
    expect(judgeBrake({ seen: 9, suspect: 1 }, true, { ...policy, release: 0 })).toBe('keep');
  });
});

const anyPolicy = fc
  .record({
    fraction: fc.double({ min: 0, max: 1, noNaN: true }),
    release: fc.double({ min: 0, max: 1, noNaN: true }),
    count: fc.integer({ min: 1, max: 50 }),
  })
  .filter(({ fraction, release }) => release <= fraction)
  .map((input) => BrakePolicy.parse(input));
const anyCount = fc
  .tuple(fc.nat({ max: 200 }), fc.nat({ max: 200 }))
  .map(([a, b]) => ({ seen: Math.max(a, b), suspect: Math.min(a, b) }));

describe('a brake under any policy', () => {
  test('is never tripped and released by the same counts', () => {
    fc.assert(
      fc.property(anyCount, anyPolicy, (count, brakePolicy) => {
        const trips = judgeBrake(count, false, brakePolicy) === 'trip';
        const releases = judgeBrake(count, true, brakePolicy) === 'release';
        expect(trips && releases).toBe(false);
      }),
    );
  });

  test('is never released by more suspects, and never tripped by fewer', () => {
    fc.assert(
      fc.property(anyCount, anyPolicy, ({ seen, suspect }, brakePolicy) => {
        fc.pre(suspect < seen);
        const more = { seen, suspect: suspect + 1 };
        if (judgeBrake({ seen, suspect }, false, brakePolicy) === 'trip') {
          expect(judgeBrake(more, false, brakePolicy)).toBe('trip');
        }
        if (judgeBrake(more, true, brakePolicy) === 'release') {
          expect(judgeBrake({ seen, suspect }, true, brakePolicy)).toBe('release');
        }
      }),
    );
  });

  test('does not stay on for ever: it is released when no run is suspect', () => {
    fc.assert(
      fc.property(fc.nat({ max: 200 }), anyPolicy, (seen, brakePolicy) => {
        expect(judgeBrake({ seen, suspect: 0 }, true, brakePolicy)).toBe('release');
        expect(judgeBrake({ seen, suspect: 0 }, false, brakePolicy)).toBe('keep');
      }),
    );
  });
});

describe('the counts of the zones of a fleet', () => {
  const suspect = { reason: 'silent', since: 0 } as const;
  const of = (...records: AgentRecord[]): Fleet => {
    const fleet = new Fleet();
    fleet.apply(
      records.map((record, n) => agentEntry(n + 1, record)),
      records.length,
    );
    return fleet;
  };
  const rack = (name: string) => ({ zone: ZoneName.parse(name) });
  const recordOf = (name: string, change: Partial<AgentRecord> = {}) =>
    agentRecord(name, 'run1', change);
  const counted = (fleet: Fleet) => Object.fromEntries(countZones(fleet));

  test('are one per zone, and one for all hosts that name no zone', () => {
    const fleet = of(
      recordOf('h1/a', rack('r1')),
      recordOf('h2/a', { ...rack('r1'), suspect }),
      recordOf('h3/a', rack('r2')),
      recordOf('h4/a', { suspect }),
      recordOf('h5/a'),
    );
    expect(counted(fleet)).toEqual({
      r1: { seen: 2, suspect: 1 },
      r2: { seen: 1, suspect: 0 },
      default: { seen: 2, suspect: 1 },
    });
    expect(zoneOf({})).toBe('default');
  });

  test.each([
    ['registering', { seen: 1, suspect: 1 }],
    ['live', { seen: 1, suspect: 1 }],
    ['leaving', { seen: 1, suspect: 0 }],
    ['expired', undefined],
  ] as const)('take a suspect run that is %s as %j', (phase, count) => {
    expect(counted(of(recordOf('h1/a', { phase, suspect })))['default']).toEqual(count);
  });

  const until = Date.UTC(2030, 0, 1);
  test.each<[string, KeyValueEntry, number]>([
    ['its own host', holdEntry('h1', { until }), 0],
    ['its own agent', holdEntry('h1/a', { until }), 0],
    ['another agent of its host', holdEntry('h1/b', { until }), 1],
    ['another host', holdEntry('h2', { until }), 1],
    ['its own agent, unreadable,', { key: 'hold.h1.a', revision: 9, text: '?' }, 0],
  ])('leave a suspect run out or not when %s has a hold', (_, hold, suspects) => {
    const fleet = of(recordOf('h1/a', { suspect }));
    fleet.apply([hold], 9);
    expect(counted(fleet)).toEqual({ default: { seen: 1, suspect: suspects } });
  });

  test('ignore an unreadable record and a slot without a record', () => {
    const fleet = of(recordOf('h1/a', { suspect }));
    fleet.apply([{ key: 'agent.h2.a', revision: 5, text: '{}' }], 5);
    expect(counted(fleet)).toEqual({ default: { seen: 1, suspect: 1 } });
  });
});
