import fc from 'fast-check';
import { expect, test } from 'vitest';
import { judgeLeftover, type LeftoverEvidence } from '../../../src/domain/collection/judge.ts';
import { defaultLease, leftoverAfter } from '../../../src/domain/policy/lease-policy.ts';

const policy = defaultLease;
const due = leftoverAfter(policy);
const judged = (evidence: LeftoverEvidence) => {
  const verdict = judgeLeftover(evidence, policy);
  return 'why' in verdict ? `${verdict.do} ${verdict.why}` : verdict.do;
};

test('a leftover may stay for a ttl and a grace', () => {
  expect(due).toBe(policy.ttl + policy.grace);
});

test.each([
  ['just seen', 0, 'wait grace'],
  ['one below', due - 1, 'wait grace'],
  ['due', due, 'remove'],
  ['one above', due + 1, 'remove'],
])('%s: a leftover for %i ms, its owner’s lease absent, is %s', (_, leftoverFor, verdict) => {
  expect(judged({ leftoverFor, lease: 'absent' })).toBe(verdict);
});

test.each([
  ['unread', 'read-lease'],
  ['stands', 'wait lease-stands'],
  ['unknown', 'wait not-known'],
  ['absent', 'remove'],
] as const)('a leftover that is due, its owner’s lease %s, is %s', (lease, verdict) => {
  expect(judged({ leftoverFor: due, lease })).toBe(verdict);
});

test('whatever is known, nothing is removed before its time or while its owner’s lease may stand', () => {
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
