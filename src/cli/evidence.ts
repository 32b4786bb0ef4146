import { z } from 'zod';
import type { AuditEvent } from '../domain/events.ts';
import type { Instant } from '../domain/time.ts';
import { clockTime, lasted, written } from './times.ts';

/** What a verdict on a run was based on, as the runtime writes it (evidenceOfVerdict). */
export const VerdictEvidence = z.looseObject({
  lastRenewal: z.object({ seenAt: z.number() }).nullable(),
  countingSince: z.number(),
  silentFor: z.number(),
  suspectFor: z.number(),
  lease: z.string(),
  probe: z.string(),
  policy: z.object({ ttl: z.number(), grace: z.number() }),
});
export type VerdictEvidence = z.infer<typeof VerdictEvidence>;

const Taken = z.looseObject({ taken: z.string() });
const Leftover = z.looseObject({ holder: z.string().nullable(), leftoverFor: z.number() });
const OwnerExpired = z.looseObject({ owner: z.string(), expiredAt: z.number() });

/** What a decision saw, in words; undefined where this version does not know how to say it. */
export function evidenceWords({ event, evidence }: AuditEvent): string | undefined {
  if (evidence === undefined) return undefined;
  const verdict = VerdictEvidence.safeParse(evidence);
  if (verdict.success) return verdictWords(verdict.data, event.type);
  const taken = Taken.safeParse(evidence);
  if (taken.success) return takenWords[taken.data.taken] ?? `taken: ${taken.data.taken}`;
  const leftover = Leftover.safeParse(evidence);
  if (leftover.success) {
    const { holder, leftoverFor } = leftover.data;
    const slot = holder === null ? 'its slot has no record' : `run ${holder} holds its slot`;
    return `${slot}, for ${written(leftoverFor)} at this very revision; the lease of its owner is absent`;
  }
  const expired = OwnerExpired.safeParse(evidence);
  return expired.success ? `its owner, run ${expired.data.owner}, was declared dead` : undefined;
}

function verdictWords(evidence: VerdictEvidence, type: string): string {
  const { suspectFor, policy } = evidence;
  return [
    type === 'expired' ? `suspect for ${lasted(suspectFor)}` : '',
    silenceWords(evidence),
    leaseWords[evidence.lease] ?? `lease ${evidence.lease}`,
    probeWords[evidence.probe] ?? `probe ${evidence.probe}`,
    `ttl ${written(policy.ttl)}, grace ${written(policy.grace)}`,
  ]
    .filter((part) => part !== '')
    .join('; ');
}

/** Since when a collector had heard nothing, on its own clock. */
export const silentSince = ({ lastRenewal, countingSince }: VerdictEvidence): Instant =>
  Math.max(lastRenewal?.seenAt ?? 0, countingSince);

function silenceWords(evidence: VerdictEvidence): string {
  const { lastRenewal, countingSince, silentFor } = evidence;
  const silent = (since: Instant, what: string): string =>
    `${what} ${lasted(silentFor)} before, at ${clockTime(since)}`;
  if (lastRenewal !== null && lastRenewal.seenAt >= countingSince) {
    return silent(lastRenewal.seenAt, 'last renewal seen');
  }
  return silent(countingSince, 'no renewal seen since it began to count');
}

const leaseWords: Readonly<Record<string, string>> = {
  absent: 'lease absent at the leader',
  stands: 'lease stands at the leader',
  unknown: 'lease not known: the leader did not answer',
  unread: '',
};

const probeWords: Readonly<Record<string, string>> = {
  'no-responders': 'nobody listens for it any more',
  'no-answer': 'it was asked and did not answer',
  answered: 'it answered',
  unknown: 'it could not be asked',
  unasked: '',
};

/** Why a run could take its slot. */
const takenWords: Readonly<Record<string, string>> = {
  free: 'the slot was free',
  expired: 'the run that held the slot was declared dead',
  'former-run-of-this-process': 'the run that held the slot was an earlier one of this process',
  'process-gone': 'the process that held the slot is gone, as this machine can see',
  takeover: 'told to take over',
  'nobody-answers':
    'nobody answered for the run that held the slot, twice, and its lease was not renewed',
  'lease-lapsed': 'the run that held the slot did not answer, and its lease lapsed',
  'unreadable-and-no-lease':
    'the record of the slot could not be read, and no lease of the slot stood',
};
