import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { InstanceSpec } from '../../../src/domain/records/desired-instances.ts';
import { unchecked } from '../../../src/domain/records/desired-instances.ts';
import { type ActiveReading, readActive } from '../../../src/domain/registrations/active-time.ts';
import {
  adopt,
  attach,
  beat,
  check,
  detach,
  drain,
  healthAt,
  register,
  removalAt,
} from '../../../src/domain/registrations/registration.ts';

const spec = { service: 'web', id: 'w1', labels: {} } as unknown as InstanceSpec;
const terms = { spec, ttl: undefined, removeAfter: undefined };
const serving = { state: 'serving' } as const;
const fresh = { reported: undefined, checked: serving };
const failing = (detail: string) => ({ state: 'failing', detail }) as const;

describe('a registration with a ttl', () => {
  const one = register({ ...terms, ttl: 2000 }, fresh, 100);

  test.each([
    [2099, serving],
    [2100, failing('no beat for 2 s')],
  ])('after %i ms is %j', (now, health) => {
    expect(healthAt(one, now)).toEqual(health);
  });

  test('serves again after a beat, with the health that it reported', () => {
    expect(healthAt(beat(one, 5000), 6999)).toEqual(serving);
    expect(healthAt(beat(one, 5000, failing('disk full')), 6999)).toEqual(failing('disk full'));
  });

  test('is deregistered after 10 ttls without a beat, or after the time it asked for', () => {
    expect(removalAt(one)).toBe(20_100);
    expect(removalAt(register({ ...terms, ttl: 2000, removeAfter: 3000 }, fresh, 100))).toBe(3100);
  });

  test('needs its beats also while a connection holds it', () => {
    expect(healthAt(attach(one, 100), 2100)).toEqual(failing('no beat for 2 s'));
  });
});

describe('a registration without a ttl', () => {
  const one = register(terms, fresh, 0);

  test('stays until it is deregistered', () => {
    expect(healthAt(one, 1e9)).toEqual(serving);
    expect(removalAt(one)).toBe(Number.POSITIVE_INFINITY);
  });

  test('fails when the last connection that holds it closes, and is deregistered 10 s later', () => {
    const held = attach(attach(one, 1), 2);
    expect(healthAt(detach(held, 5), 5)).toEqual(serving);
    const gone = detach(detach(held, 5), 7);
    expect(healthAt(gone, 7)).toEqual(failing('the connection of its process closed'));
    expect(removalAt(gone)).toBe(10_007);
    const back = attach(gone, 9);
    expect(healthAt(back, 9)).toEqual(serving);
    expect(removalAt(back)).toBe(Number.POSITIVE_INFINITY);
  });

  test('does not serve for a beat alone once its connection closed', () => {
    const gone = detach(attach(one, 1), 7);
    expect(healthAt(beat(gone, 8), 8)).toEqual(failing('the connection of its process closed'));
  });

  test('drains until a set time, unless another health is reported', () => {
    const draining = drain(one, 500);
    expect(healthAt(draining, 1)).toEqual({ state: 'draining' });
    expect(removalAt(draining)).toBe(500);
    expect(removalAt(beat(draining, 3))).toBe(500);
    expect(removalAt(beat(draining, 3, serving))).toBe(Number.POSITIVE_INFINITY);
  });

  test('serves again when it is registered again while it drains', () => {
    const again = register(terms, fresh, 2, drain(one, 500));
    expect(healthAt(again, 2)).toEqual(serving);
    expect(removalAt(again)).toBe(Number.POSITIVE_INFINITY);
  });

  test('keeps a reported failure when it is registered again without a health', () => {
    const broken = beat(one, 1, failing('disk full'));
    expect(healthAt(register(terms, fresh, 2, broken), 2)).toEqual(failing('disk full'));
  });
});

describe('a registration with a check', () => {
  const one = register(terms, { reported: undefined, checked: unchecked }, 0);

  test('fails until the check passes, and whenever it does not', () => {
    expect(healthAt(one, 0)).toEqual(unchecked);
    expect(healthAt(check(one, serving), 0)).toEqual(serving);
    expect(healthAt(check(one, failing('refused')), 0)).toEqual(failing('refused'));
  });

  test('fails for what the program reports although the check passes', () => {
    const broken = beat(check(one, serving), 0, failing('disk full'));
    expect(healthAt(broken, 0)).toEqual(failing('disk full'));
  });
});

describe('a registration from before a restart of the agent', () => {
  const shown = failing('no beat for 2 s');
  const health = { reported: serving, checked: serving, shown };

  test('keeps its health, and is deregistered after 30 s or its ttl', () => {
    const one = adopt({ ...terms, ttl: 2000 }, health, 0);
    expect(healthAt(one, 29_999)).toEqual(shown);
    expect(healthAt(beat(one, 29_999), 29_999)).toEqual(serving);
    expect(removalAt(one)).toBe(30_000);
    expect(removalAt(adopt({ ...terms, ttl: 60_000 }, health, 0))).toBe(60_000);
  });

  test.each([
    ['a beat', beat(adopt(terms, health, 0), 5)],
    ['a connection', attach(adopt(terms, health, 0), 5)],
    ['a check that passes', check(adopt(terms, health, 0), serving)],
  ])('stays after %s', (_, one) => {
    expect(removalAt(one)).toBe(Number.POSITIVE_INFINITY);
  });

  test('does not stay for a check that fails', () => {
    const one = check(adopt(terms, health, 0), failing('refused'));
    expect(removalAt(one)).toBe(30_000);
    expect(healthAt(one, 1)).toEqual(failing('refused'));
  });
});

describe('active time', () => {
  test('counts a long step as the longest step, because the process was stopped in it', () => {
    const start: ActiveReading = { monotonic: 1000, active: 0 };
    const frozen = readActive(start, 3_601_000, 1000);
    expect(frozen).toEqual({ monotonic: 3_601_000, active: 1000 });
    expect(readActive(frozen, 3_601_250, 1000).active).toBe(1250);
  });

  test('never runs backwards, and never faster than the clock', () => {
    const steps = fc.array(fc.integer({ min: -1000, max: 100_000 }), { maxLength: 20 });
    fc.assert(
      fc.property(steps, (list) => {
        let reading: ActiveReading = { monotonic: 0, active: 0 };
        let now = 0;
        for (const step of list) {
          now += step;
          const next = readActive(reading, now, 1000);
          expect(next.active - reading.active).toBeGreaterThanOrEqual(0);
          expect(next.active - reading.active).toBeLessThanOrEqual(Math.max(0, step));
          reading = next;
        }
      }),
    );
  });
});
