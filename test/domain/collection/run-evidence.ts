import type { RunEvidence } from '../../../src/domain/collection/judge.ts';
import { defaultLease, lateAfter } from '../../../src/domain/policy/lease-policy.ts';

export const policy = defaultLease;
export const { ttl, grace } = policy;
export const late = lateAfter(policy);

export const clear: RunEvidence = {
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
export const suspect: RunEvidence = { ...clear, suspect: true, silentFor: ttl + grace };
