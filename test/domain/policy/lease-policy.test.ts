import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  blindAfter,
  defaultLease,
  LeasePolicy,
  lateAfter,
  leftoverAfter,
  messagesPerBatch,
  removalsPerBatch,
  renewEvery,
  renewJitter,
} from '../../../src/domain/policy/lease-policy.ts';
import { hours } from '../../../src/domain/time.ts';

const days = (count: number) => hours(24 * count);
const anyLease = fc.record({
  ttl: fc.integer({ min: 2, max: days(30) / 1000 }).map((seconds) => seconds * 1000),
  grace: fc.integer({ min: 1, max: days(30) / 1000 }).map((seconds) => seconds * 1000),
});

describe('a lease policy', () => {
  test.each([
    [0, 'at least 2 s'],
    [1000, 'at least 2 s'],
    [1999, 'at least 2 s'],
    [2000, undefined],
    [2001, 'whole seconds'],
    [2500, 'whole seconds'],
    [3000, undefined],
    [days(30), undefined],
    [days(30) + 1000, 'at most 30 days'],
    [-15_000, 'at least 2 s'],
    [Number.NaN, 'NaN'],
    [Number.POSITIVE_INFINITY, 'nfinity'],
  ])('with a ttl of %d ms is accepted or refused: %s', (ttl, rule) => {
    const parsed = LeasePolicy.safeParse({ ttl, grace: 1000 });
    if (rule === undefined) expect(parsed.success).toBe(true);
    else expect(parsed.error?.message).toContain(rule);
  });

  test.each([
    [0, 'at least 1 s'],
    [999, 'at least 1 s'],
    [1000, undefined],
    [1001, 'whole seconds'],
    [days(30), undefined],
    [days(30) + 1000, 'at most 30 days'],
  ])('with a grace of %d ms is accepted or refused: %s', (grace, rule) => {
    const parsed = LeasePolicy.safeParse({ ttl: 2000, grace });
    if (rule === undefined) expect(parsed.success).toBe(true);
    else expect(parsed.error?.message).toContain(rule);
  });

  test('is valid when it is the default', () => {
    expect(LeasePolicy.parse(defaultLease)).toEqual(defaultLease);
  });

  test('allows two missed renewals, and reaches late, blind and lapsed in this order', () => {
    fc.assert(
      fc.property(anyLease, (lease) => {
        expect(LeasePolicy.parse(lease)).toEqual(lease);
        expect(3 * renewEvery(lease)).toBeLessThanOrEqual(lease.ttl + 1e-6);
        expect(lateAfter(lease)).toBeGreaterThan(renewEvery(lease));
        expect(blindAfter(lease)).toBeGreaterThan(lateAfter(lease));
        expect(lease.ttl).toBeGreaterThan(blindAfter(lease));
        expect(leftoverAfter(lease)).toBe(lease.ttl + lease.grace);
      }),
      { examples: [[{ ttl: 2000, grace: 1000 }]] },
    );
  });
});

describe('the size of a batch', () => {
  test('allows its removals with their events, and those of the agent', () => {
    expect(2 * removalsPerBatch + 3).toBeLessThanOrEqual(messagesPerBatch);
  });
});

test('the renewal jitter shortens the interval by less than half', () => {
  expect(renewJitter).toBeGreaterThan(0);
  expect(renewJitter).toBeLessThan(0.5);
});
