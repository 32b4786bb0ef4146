import { z } from 'zod';
import type { AuditEvent } from '../../domain/events/event-schema.ts';
import { getOwn } from '../../domain/json.ts';
import type { WallTime } from '../../domain/time.ts';
import { clockTime, dateTime, formatElapsed, formatSetting } from '../terminal/format-time.ts';

/** What a verdict on a run was based on, as the runtime writes it (evidenceOfVerdict). */
export const VerdictEvidence = z.looseObject({
  lastRenewal: z.object({ seenAt: z.number() }).nullable(),
  countingSince: z.number(),
  silentFor: z.number(),
  suspectFor: z.number(),
  lease: z.string(),
  probe: z.string(),
  policy: z.object({ ttl: z.number(), grace: z.number() }),
  // Events from before there were advisories, holds and brakes have none of these.
  connection: z.string().optional(),
  hold: z.string().optional(),
  brake: z.string().optional(),
  zone: z.object({ name: z.string(), seen: z.number(), suspect: z.number() }).optional(),
});
export type VerdictEvidence = z.infer<typeof VerdictEvidence>;

/** Why a zone was braked, or is no longer (Brakes). */
const Braking = z.looseObject({
  seen: z.number(),
  suspect: z.number(),
  policy: z.looseObject({ fraction: z.number(), count: z.number(), release: z.number() }),
});
/** Of a hold that a collector ended. */
const RanOut = z.looseObject({ until: z.number() });
const Taken = z.looseObject({ taken: z.string() });
const Leftover = z.looseObject({ holder: z.string().nullable(), leftoverFor: z.number() });
const OwnerExpired = z.looseObject({ owner: z.string(), expiredAt: z.number() });

/** What a decision saw, in words; undefined where this version does not know how to say it. */
export function evidenceWords({ event, evidence }: AuditEvent): string | undefined {
  if (evidence === undefined) return undefined;
  const verdict = VerdictEvidence.safeParse(evidence);
  if (verdict.success) return verdictWords(verdict.data, event.type);
  const taken = Taken.safeParse(evidence);
  if (taken.success) return getOwn(takenWords, taken.data.taken) ?? `taken: ${taken.data.taken}`;
  const leftover = Leftover.safeParse(evidence);
  if (leftover.success) {
    const { holder, leftoverFor } = leftover.data;
    const slot = holder === null ? 'its slot has no record' : `run ${holder} holds its slot`;
    return `${slot}, for ${formatSetting(leftoverFor)} at this very revision; the lease of its owner is absent`;
  }
  const braking = Braking.safeParse(evidence);
  if (braking.success) return brakingWords(braking.data, event.type);
  const over = RanOut.safeParse(evidence);
  if (over.success) return `it was planned until ${dateTime(over.data.until).slice(0, 19)}`;
  const expired = OwnerExpired.safeParse(evidence);
  return expired.success ? `its owner, run ${expired.data.owner}, was declared dead` : undefined;
}

function brakingWords({ seen, suspect, policy }: z.infer<typeof Braking>, type: string): string {
  const { fraction, count, release } = policy;
  const rule =
    type === 'tripped'
      ? `above ${percent(fraction)} and at least ${count}`
      : `below ${percent(release)}, or none`;
  return `${suspect} of ${seen} runs of the zone suspect: ${rule}`;
}

const percent = (fraction: number): string => `${Number((fraction * 100).toFixed(1))} %`;

function verdictWords(evidence: VerdictEvidence, type: string): string {
  const { suspectFor, policy, connection, hold, brake } = evidence;
  return [
    type === 'expired' ? `suspect for ${formatElapsed(suspectFor)}` : '',
    silenceWords(evidence),
    getOwn(leaseWords, evidence.lease) ?? `lease ${evidence.lease}`,
    getOwn(connectionWords, connection ?? 'open') ?? `connection ${connection}`,
    getOwn(probeWords, evidence.probe) ?? `probe ${evidence.probe}`,
    getOwn(holdWords, hold ?? 'unread') ?? `hold ${hold}`,
    getOwn(brakeWords, brake ?? 'off') ?? `brake ${brake}`,
    zoneWords(evidence, type),
    `ttl ${formatSetting(policy.ttl)}, grace ${formatSetting(policy.grace)}`,
  ]
    .filter((part) => part !== '')
    .join('; ');
}

/** Since when a collector had heard nothing, on its own clock. */
export const silentSince = ({ lastRenewal, countingSince }: VerdictEvidence): WallTime =>
  Math.max(lastRenewal?.seenAt ?? 0, countingSince);

function silenceWords(evidence: VerdictEvidence): string {
  const { lastRenewal, countingSince, silentFor } = evidence;
  const silent = (since: WallTime, what: string): string =>
    `${what} ${formatElapsed(silentFor)} before, at ${clockTime(since)}`;
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

/** What the server said of its process's connection. */
const connectionWords: Readonly<Record<string, string>> = {
  open: '',
  'closed-by-client': 'its process closed its connection',
  closed: 'the server gave its connection up',
};

const holdWords: Readonly<Record<string, string>> = {
  unread: '',
  absent: 'no silence was planned',
  stands: 'its silence was planned',
  unknown: 'whether its silence was planned could not be read',
};

const brakeWords: Readonly<Record<string, string>> = {
  off: '',
  'lets-through': 'the brake of its zone let it through',
  waits: 'the brake of its zone held it back',
};

/** How much of the zone was silent just then. */
function zoneWords({ zone }: VerdictEvidence, type: string): string {
  if (!zone || type !== 'expired') return '';
  return `${zone.suspect} of ${zone.seen} runs of zone ${zone.name} suspect`;
}

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
