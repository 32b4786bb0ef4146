import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  judgeRun,
  type RunEvidence,
  type RunVerdict,
} from '../../../src/domain/collection/judge.ts';
import { grace, late, policy, ttl } from './run-evidence.ts';

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
