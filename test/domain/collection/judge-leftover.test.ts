import fc from 'fast-check';
import { expect, test } from 'vitest';
import { judgeLeftover, type LeftoverEvidence } from '../../../src/domain/collection/judge.ts';
import { defaultLease, leftoverAfter } from '../../../src/domain/policy/lease-policy.ts';

const policy = defaultLease;
const due = leftoverAfter(policy);
const verdictOf = (evidence: LeftoverEvidence) => {
  const verdict = judgeLeftover(evidence, policy);
  return 'why' in verdict ? `${verdict.do} ${verdict.why}` : verdict.do;
};

test('a leftover may remain for one ttl plus one grace', () => {
  expect(due).toBe(policy.ttl + policy.grace);
});

test.each([
  ['first observed', 0, 'wait grace'],
  ['one below the limit', due - 1, 'wait grace'],
  ['at the limit', due, 'remove'],
  ['one above the limit', due + 1, 'remove'],
])(
  'a leftover (%s, after %i ms) whose owner has no lease gets the verdict %s',
  (_, leftoverFor, verdict) => {
    expect(verdictOf({ leftoverFor, lease: 'absent' })).toBe(verdict);
  },
);

test.each([
  ['unread', 'read-lease'],
  ['stands', 'wait lease-stands'],
  ['unknown', 'wait not-known'],
  ['absent', 'remove'],
] as const)(
  'a leftover at its limit whose owner’s lease is %s gets the verdict %s',
  (lease, verdict) => {
    expect(verdictOf({ leftoverFor: due, lease })).toBe(verdict);
  },
);

test('a leftover is removed only when its time is over and its owner’s lease is absent', () => {
  const evidences = fc.record({
    leftoverFor: fc.oneof(fc.nat(3 * due), fc.constantFrom(0, due - 1, due, due + 1)),
    lease: fc.constantFrom('unread', 'stands', 'absent', 'unknown'),
  }) as fc.Arbitrary<LeftoverEvidence>;
  fc.assert(
    fc.property(evidences, (evidence) => {
      const removes = judgeLeftover(evidence, policy).do === 'remove';
      expect(removes).toBe(evidence.leftoverFor >= due && evidence.lease === 'absent');
    }),
  );
});
