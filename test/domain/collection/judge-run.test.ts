import { describe, expect, test } from 'vitest';
import { judgeRun, type RunEvidence } from '../../../src/domain/collection/judge.ts';
import { seconds } from '../../../src/domain/time.ts';
import { clear, grace, late, policy, suspect, ttl } from './run-evidence.ts';

const verdictOf = (evidence: RunEvidence) => {
  const verdict = judgeRun(evidence, policy);
  return 'why' in verdict ? `${verdict.do} ${verdict.why}` : verdict.do;
};

describe('the verdict on a run that is not suspect', () => {
  test.each([
    ['just renewed', 0, 'keep'],
    ['one below late', late - 1, 'keep'],
    ['at the late limit', late, 'ping'],
    ['one above late', late + 1, 'ping'],
    ['one below the ttl', ttl - 1, 'ping'],
    ['at the ttl', ttl, 'read-lease'],
    ['one above the ttl', ttl + 1, 'read-lease'],
    ['a year silent', seconds(365 * 86_400), 'read-lease'],
  ])('(%s, silent for %i ms) is %s', (_, silentFor, verdict) => {
    expect(verdictOf({ ...clear, silentFor })).toBe(verdict);
  });

  test.each([
    ['answered', 'keep'],
    ['no-answer', 'keep'],
    ['unknown', 'keep'],
    ['no-responders', 'suspect unreachable'],
  ] as const)('when it is late and the probe is %s is %s', (probe, verdict) => {
    for (const silentFor of [late, ttl - 1]) {
      expect(verdictOf({ ...clear, silentFor, probe })).toBe(verdict);
    }
  });

  test.each([
    ['closed', 'unasked', 'ping'],
    ['closed-by-client', 'unasked', 'ping'],
    ['closed', 'no-responders', 'suspect unreachable'],
    ['closed-by-client', 'no-responders', 'suspect unreachable'],
    ['closed-by-client', 'answered', 'keep'],
    ['closed-by-client', 'no-answer', 'keep'],
    ['closed-by-client', 'unknown', 'keep'],
    // Many connections closed together, so a closed one is no evidence: only silence counts.
    ['open', 'no-responders', 'keep'],
  ] as const)(
    'when it just renewed, its connection is %s and the probe is %s is %s',
    (connection, probe, verdict) => {
      expect(verdictOf({ ...clear, connection, probe })).toBe(verdict);
    },
  );

  test('is keep for a late run even if its lease reads absent before the ttl', () => {
    expect(verdictOf({ ...clear, silentFor: ttl - 1, probe: 'no-answer', lease: 'absent' })).toBe(
      'keep',
    );
  });

  test.each([
    ['absent', 'suspect silent'],
    ['stands', 'keep'],
    ['unknown', 'keep'],
  ] as const)('when it was silent for the ttl and its lease is %s is %s', (lease, verdict) => {
    for (const silentFor of [ttl, ttl + 1]) {
      expect(verdictOf({ ...clear, silentFor, lease })).toBe(verdict);
    }
  });
});

describe('the verdict on a suspect run', () => {
  test.each([
    ['just suspected', 0, 'wait grace'],
    ['one below the grace', grace - 1, 'wait grace'],
    ['at the grace', grace, 'expire'],
    ['one above the grace', grace + 1, 'expire'],
  ])('(%s, suspect for %i ms) is %s', (_, suspectFor, verdict) => {
    expect(verdictOf({ ...suspect, suspectFor, lease: 'absent', probe: 'no-responders' })).toBe(
      verdict,
    );
  });

  test.each([
    ['stands', 'no-responders', 'wait lease-stands'],
    ['unknown', 'no-responders', 'wait not-known'],
    ['absent', 'answered', 'wait answers'],
    ['absent', 'no-answer', 'expire'],
    ['absent', 'unknown', 'wait not-known'],
    ['absent', 'no-responders', 'expire'],
    ['unread', 'unasked', 'ping'],
    ['unread', 'no-answer', 'read-lease'],
    ['stands', 'answered', 'wait answers'],
    ['absent', 'unasked', 'ping'],
  ] as const)('whose grace is over with lease %s and probe %s is %s', (lease, probe, verdict) => {
    expect(verdictOf({ ...suspect, suspectFor: grace, lease, probe })).toBe(verdict);
  });

  test.each([
    ['stands', 'off', 'wait planned'],
    ['absent', 'waits', 'wait brake'],
    ['absent', 'lets-through', 'expire'],
    ['absent', 'off', 'expire'],
    ['unread', 'off', 'read-lease'],
    ['unknown', 'off', 'wait not-known'],
    ['stands', 'waits', 'wait planned'],
  ] as const)('whose grace is over with hold %s and brake %s is %s', (hold, brake, verdict) => {
    const dead = { ...suspect, suspectFor: grace, lease: 'absent', probe: 'no-answer' } as const;
    expect(verdictOf({ ...dead, hold, brake })).toBe(verdict);
  });
});

test.each(['registering', 'live', 'leaving'] as const)(
  'a run that is %s gets the same verdicts as any other phase',
  (phase) => {
    expect(verdictOf({ ...clear, phase, silentFor: ttl, lease: 'absent' })).toBe('suspect silent');
    const dead = { ...suspect, suspectFor: grace, lease: 'absent', probe: 'no-answer' } as const;
    expect(verdictOf({ ...dead, phase })).toBe('expire');
  },
);

test('an expired run is removed even if its lease exists and it answers', () => {
  expect(verdictOf({ ...suspect, phase: 'expired', lease: 'stands', probe: 'answered' })).toBe(
    'remove',
  );
});
