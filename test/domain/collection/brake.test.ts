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

describe('a brake that is off', () => {
  test.each([
    // More than the fraction, and at least the count.
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
  ] as const)('of %i runs %i suspect: %s', (seen, suspect, verdict) => {
    expect(judgeBrake({ seen, suspect }, false, policy)).toBe(verdict);
  });
});

describe('a brake that is on', () => {
  test.each([
    [100, 16, 'keep'],
    [100, 15, 'keep'],
    [100, 14, 'release'],
    [20, 3, 'keep'],
    [20, 2, 'release'],
    [1, 1, 'keep'],
    [1, 0, 'release'],
    [0, 0, 'release'],
  ] as const)('of %i runs %i suspect: %s', (seen, suspect, verdict) => {
    expect(judgeBrake({ seen, suspect }, true, policy)).toBe(verdict);
  });

  test('is released where nobody is suspect, whatever the policy', () => {
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
  .map((said) => BrakePolicy.parse(said));
const anyCount = fc
  .tuple(fc.nat({ max: 200 }), fc.nat({ max: 200 }))
  .map(([a, b]) => ({ seen: Math.max(a, b), suspect: Math.min(a, b) }));

describe('whatever the policy', () => {
  test('what trips a brake does not release it at once, and the other way round', () => {
    fc.assert(
      fc.property(anyCount, anyPolicy, (count, said) => {
        const trips = judgeBrake(count, false, said) === 'trip';
        const releases = judgeBrake(count, true, said) === 'release';
        expect(trips && releases).toBe(false);
      }),
    );
  });

  test('more suspects never release it, fewer never trip it', () => {
    fc.assert(
      fc.property(anyCount, anyPolicy, ({ seen, suspect }, said) => {
        fc.pre(suspect < seen);
        const more = { seen, suspect: suspect + 1 };
        if (judgeBrake({ seen, suspect }, false, said) === 'trip') {
          expect(judgeBrake(more, false, said)).toBe('trip');
        }
        if (judgeBrake(more, true, said) === 'release') {
          expect(judgeBrake({ seen, suspect }, true, said)).toBe('release');
        }
      }),
    );
  });

  test('it does not stay on for ever: with nobody suspect it is released', () => {
    fc.assert(
      fc.property(fc.nat({ max: 200 }), anyPolicy, (seen, said) => {
        expect(judgeBrake({ seen, suspect: 0 }, true, said)).toBe('release');
        expect(judgeBrake({ seen, suspect: 0 }, false, said)).toBe('keep');
      }),
    );
  });
});

describe('the zones of a fleet', () => {
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
  const at = (place: string, change: Partial<AgentRecord> = {}) =>
    agentRecord(place, 'run1', change);
  const counted = (fleet: Fleet) => Object.fromEntries(countZones(fleet));

  test('are counted one by one, hosts that name none together', () => {
    const fleet = of(
      at('h1/a', rack('r1')),
      at('h2/a', { ...rack('r1'), suspect }),
      at('h3/a', rack('r2')),
      at('h4/a', { suspect }),
      at('h5/a'),
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
  ] as const)('a suspect run that is %s counts as %j', (phase, count) => {
    expect(counted(of(at('h1/a', { phase, suspect })))['default']).toEqual(count);
  });

  const until = Date.UTC(2030, 0, 1);
  test.each<[string, KeyValueEntry, number]>([
    ['its host', holdEntry('h1', { until }), 0],
    ['it', holdEntry('h1/a', { until }), 0],
    ['its neighbour', holdEntry('h1/b', { until }), 1],
    ['another host', holdEntry('h2', { until }), 1],
    ['it, unreadable,', { key: 'hold.h1.a', revision: 9, text: '?' }, 0],
  ])('a hold on %s makes its silence planned, or not', (_, hold, suspects) => {
    const fleet = of(at('h1/a', { suspect }));
    fleet.apply([hold], 9);
    expect(counted(fleet)).toEqual({ default: { seen: 1, suspect: suspects } });
  });

  test('a record that nobody can read, and a slot without one, count for nothing', () => {
    const fleet = of(at('h1/a', { suspect }));
    fleet.apply([{ key: 'agent.h2.a', revision: 5, text: '{}' }], 5);
    expect(counted(fleet)).toEqual({ default: { seen: 1, suspect: 1 } });
  });
});
