import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  judgeRun,
  type RunEvidence,
  type RunVerdict,
} from '../../../src/domain/collection/judge.ts';
import { defaultLease, lateAfter } from '../../../src/domain/policy/lease-policy.ts';
import { seconds } from '../../../src/domain/time.ts';

const policy = defaultLease;
const { ttl, grace } = policy;
const late = lateAfter(policy);

const clear: RunEvidence = {
  phase: 'live',
  suspect: false,
  silentFor: 0,
  suspectFor: 0,
  lease: 'unread',
  probe: 'unasked',
  connection: 'open',
  hold: 'absent',
  brake: 'off',
};
const suspect: RunEvidence = { ...clear, suspect: true, silentFor: ttl + grace };
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

/** Durations that are often at a limit. */
const duration = fc.oneof(
  fc.nat(2 * (ttl + grace)),
  fc
    .constantFrom(0, late, ttl, grace, ttl + grace)
    .chain((limit) => fc.integer({ min: Math.max(0, limit - 1), max: limit + 1 })),
);
const evidences: fc.Arbitrary<RunEvidence> = fc.record({
  phase: fc.constantFrom('registering', 'live', 'leaving', 'expired'),
  suspect: fc.boolean(),
  silentFor: duration,
  suspectFor: duration,
  lease: fc.constantFrom('unread', 'stands', 'absent', 'unknown'),
  probe: fc.constantFrom('unasked', 'answered', 'no-responders', 'no-answer', 'unknown'),
  connection: fc.constantFrom('open', 'closed-by-client', 'closed'),
  hold: fc.constantFrom('unread', 'stands', 'absent', 'unknown'),
  brake: fc.constantFrom('off', 'waits', 'lets-through'),
});
const runs = { numRuns: 1000 };
const always = (law: (evidence: RunEvidence, verdict: RunVerdict) => void) =>
  fc.assert(
    fc.property(evidences, (evidence) => law(evidence, judgeRun(evidence, policy))),
    runs,
  );

describe('a run with any evidence', () => {
  test('gets a verdict, and the same one from every observer', () => {
    always((evidence, verdict) => {
      expect(['keep', 'read-lease', 'ping', 'wait', 'suspect', 'expire', 'remove']).toContain(
        verdict.do,
      );
      expect(judgeRun({ ...evidence }, { ...policy })).toEqual(verdict);
    });
  });

  test('is never expired unless its lease is absent at the leader (G6)', () => {
    always((evidence, verdict) => {
      if (verdict.do === 'expire') expect(evidence.lease).toBe('absent');
    });
  });

  test('is never expired while a hold exists or may exist', () => {
    always((evidence, verdict) => {
      if (verdict.do === 'expire') expect(evidence.hold).toBe('absent');
    });
  });

  test('is never expired while the brake of its zone makes it wait', () => {
    always((evidence, verdict) => {
      if (verdict.do === 'expire') expect(evidence.brake).not.toBe('waits');
    });
  });

  test('is suspected of the same with or without a hold or a brake', () => {
    always((evidence, verdict) => {
      if (evidence.suspect || evidence.phase === 'expired') return;
      const free = { ...evidence, hold: 'absent', brake: 'off' } as const;
      expect(judgeRun(free, policy)).toEqual(verdict);
    });
  });

  test('is never expired unless it was suspect for the grace', () => {
    always((evidence, verdict) => {
      if (verdict.do !== 'expire') return;
      expect(evidence.suspect).toBe(true);
      expect(evidence.suspectFor).toBeGreaterThanOrEqual(grace);
    });
  });

  test('is never suspected of silence unless its lease is absent', () => {
    always((evidence, verdict) => {
      if (verdict.do !== 'suspect' || verdict.why !== 'silent') return;
      expect(evidence.lease).toBe('absent');
      expect(evidence.silentFor).toBeGreaterThanOrEqual(ttl);
    });
  });

  test('is never suspected as unreachable unless the server reports no responders', () => {
    always((evidence, verdict) => {
      if (verdict.do !== 'suspect' || verdict.why !== 'unreachable') return;
      expect(evidence.probe).toBe('no-responders');
      if (evidence.connection !== 'open') return;
      expect(evidence.silentFor).toBeGreaterThanOrEqual(late);
    });
  });

  test('is never removed unless it is expired', () => {
    always((evidence, verdict) => {
      expect(verdict.do === 'remove').toBe(evidence.phase === 'expired');
    });
  });

  test('is not expired because of a lease or an answer that is unknown', () => {
    always((before) => {
      if (before.phase === 'expired') return;
      const evidence = { ...before, hold: 'absent' } as const;
      const unseen = judgeRun({ ...evidence, lease: 'unknown' }, policy);
      expect(['keep', 'wait', 'ping', 'suspect']).toContain(unseen.do);
      if (unseen.do === 'suspect') expect(unseen.why).toBe('unreachable');
      const unasked = judgeRun({ ...evidence, probe: 'unknown' }, policy);
      expect(['keep', 'wait', 'read-lease', 'suspect']).toContain(unasked.do);
      if (unasked.do === 'suspect') expect(unasked.why).toBe('silent');
      const neither = judgeRun({ ...evidence, lease: 'unknown', probe: 'unknown' }, policy);
      expect(['keep', 'wait']).toContain(neither.do);
    });
  });

  test('is not asked again for evidence that is already known', () => {
    always((evidence, verdict) => {
      if (verdict.do === 'read-lease') expect([evidence.lease, evidence.hold]).toContain('unread');
      if (verdict.do === 'ping') expect(evidence.probe).toBe('unasked');
    });
  });

  test('never gets a milder verdict for more silence when its lease is gone and it does not answer', () => {
    const rank = { keep: 0, wait: 0, 'read-lease': 1, ping: 1, suspect: 2, expire: 3, remove: 4 };
    fc.assert(
      fc.property(evidences, duration, duration, (evidence, longer, suspectLonger) => {
        const known = { ...evidence, lease: 'absent', probe: 'no-responders' } as const;
        const more = {
          ...known,
          silentFor: known.silentFor + longer,
          suspectFor: known.suspectFor + suspectLonger,
        };
        const before = judgeRun(known, policy).do;
        expect(rank[judgeRun(more, policy).do]).toBeGreaterThanOrEqual(rank[before]);
      }),
      runs,
    );
  });
});
