import { z } from 'zod';
import type { AuditEvent } from '../../domain/events/event-schema.ts';
import { getOwn } from '../../domain/json.ts';
import type { WallTime } from '../../domain/time.ts';
import {
  clockTime,
  formatElapsed,
  formatSetting,
  fullTime,
  zoneName,
} from '../terminal/format-time.ts';

/** Evidence of a verdict on a run, as the runtime writes it (evidenceOfVerdict). */
export const VerdictEvidence = z.looseObject({
  lastRenewal: z.object({ seenAt: z.number() }).nullable(),
  countingSince: z.number(),
  silentFor: z.number(),
  suspectFor: z.number(),
  lease: z.string(),
  probe: z.string(),
  policy: z.object({ ttl: z.number(), grace: z.number() }),
  // Absent in events from versions without advisories, holds and brakes.
  connection: z.string().optional(),
  hold: z.string().optional(),
  brake: z.string().optional(),
  zone: z.object({ name: z.string(), seen: z.number(), suspect: z.number() }).optional(),
});
export type VerdictEvidence = z.infer<typeof VerdictEvidence>;

/** Why a brake tripped or was released (Brakes). */
const Braking = z.looseObject({
  seen: z.number(),
  suspect: z.number(),
  policy: z.looseObject({ fraction: z.number(), count: z.number(), release: z.number() }),
});
/** A hold that a collector ended. */
const RanOut = z.looseObject({ until: z.number() });
const Taken = z.looseObject({ taken: z.string() });
const Leftover = z.looseObject({
  holder: z.string().nullable(),
  /** Absent if an operator removed it: nothing was observed for long. */
  leftoverFor: z.number().optional(),
  through: z.string().optional(),
  lease: z.string().optional(),
});
const OwnerExpired = z.looseObject({ owner: z.string(), expiredAt: z.number() });

/**
 * The evidence of an event as text; undefined if its form is unknown to this version. The times in it are by the
 * clock of `at`.
 */
export function evidenceWords({ event, evidence, at }: AuditEvent): string | undefined {
  if (evidence === undefined) return undefined;
  const verdict = VerdictEvidence.safeParse(evidence);
  if (verdict.success) return verdictWords(verdict.data, event.type, at);
  const taken = Taken.safeParse(evidence);
  if (taken.success) return getOwn(takenWords, taken.data.taken) ?? `taken: ${taken.data.taken}`;
  const leftover = Leftover.safeParse(evidence);
  if (leftover.success) {
    const { holder, leftoverFor, through, lease = 'absent' } = leftover.data;
    const state = lease === 'unmoved' ? 'exists but is not renewed' : `is ${lease}`;
    const slot = holder === null ? 'its slot has no record' : `run ${holder} owns its slot`;
    const since =
      leftoverFor === undefined
        ? `removed by ${through ?? 'an operator'}`
        : `the record has not changed for ${formatSetting(leftoverFor)}`;
    return `${slot}; ${since}; the lease of its owner ${state}`;
  }
  const braking = Braking.safeParse(evidence);
  if (braking.success) return brakingWords(braking.data, event.type);
  const over = RanOut.safeParse(evidence);
  if (over.success) return `it was set to end at ${fullTime(over.data.until)}`;
  const expired = OwnerExpired.safeParse(evidence);
  return expired.success ? `its owner, run ${expired.data.owner}, was declared dead` : undefined;
}

function brakingWords({ seen, suspect, policy }: z.infer<typeof Braking>, type: string): string {
  const { fraction, count, release } = policy;
  const rule =
    type === 'tripped'
      ? `the brake trips above ${percent(fraction)}, if at least ${count} are suspect`
      : `the brake is released below ${percent(release)}, or if none is suspect`;
  return `${suspect} of ${seen} runs of the zone are suspect; ${rule}`;
}

const percent = (fraction: number): string => `${Number((fraction * 100).toFixed(1))} %`;

function verdictWords(evidence: VerdictEvidence, type: string, at: WallTime): string {
  const { suspectFor, policy, connection, hold, brake } = evidence;
  return [
    type === 'expired' ? `suspect for ${formatElapsed(suspectFor)}` : '',
    silenceWords(evidence, at),
    getOwn(leaseWords, evidence.lease) ?? `lease ${evidence.lease}`,
    getOwn(connectionWords, connection ?? 'open') ?? `connection ${connection}`,
    getOwn(probeWords, evidence.probe) ?? `ping ${evidence.probe}`,
    getOwn(holdWords, hold ?? 'unread') ?? `hold ${hold}`,
    getOwn(brakeWords, brake ?? 'off') ?? `brake ${brake}`,
    zoneWords(evidence, type),
    `ttl ${formatSetting(policy.ttl)}, grace ${formatSetting(policy.grace)}`,
  ]
    .filter((part) => part !== '')
    .join('; ');
}

function silenceWords(evidence: VerdictEvidence, at: WallTime): string {
  const { lastRenewal, countingSince, silentFor } = evidence;
  const since = at - silentFor;
  const what =
    lastRenewal !== null && lastRenewal.seenAt >= countingSince
      ? 'last renewal seen'
      : 'no renewal seen since the collector started to watch';
  return `${what} ${formatElapsed(silentFor)} before, at ${clockTime(since)} ${zoneName(since)}`;
}

const leaseWords: Readonly<Record<string, string>> = {
  absent: 'lease absent at the leader',
  stands: 'lease present at the leader',
  unmoved: 'lease present at the leader, but not renewed for twice its ttl',
  unknown: 'lease unknown: the leader did not answer',
  unread: '',
};

/** The connection of the process, as the server reports it. */
const connectionWords: Readonly<Record<string, string>> = {
  open: '',
  'closed-by-client': 'its process closed its connection',
  closed: 'the server closed its connection',
};

const holdWords: Readonly<Record<string, string>> = {
  unread: '',
  absent: 'no hold was active',
  stands: 'a hold was active',
  unknown: 'the hold could not be read',
};

const brakeWords: Readonly<Record<string, string>> = {
  off: '',
  'lets-through': 'the brake of its zone allowed the expiry',
  waits: 'the brake of its zone delayed the expiry',
};

/** Share of suspect runs in the zone at that time. */
function zoneWords({ zone }: VerdictEvidence, type: string): string {
  if (!zone || type !== 'expired') return '';
  return `${zone.suspect} of ${zone.seen} runs of zone ${zone.name} were suspect`;
}

const probeWords: Readonly<Record<string, string>> = {
  'no-responders': 'no process answers for it',
  'no-answer': 'it did not answer a ping',
  answered: 'it answered a ping',
  unknown: 'it could not be pinged',
  unasked: '',
};

/** Why a run could take its slot. */
const takenWords: Readonly<Record<string, string>> = {
  free: 'the slot was free',
  expired: 'the previous run was declared dead',
  'former-run-of-this-process': 'the previous run was an earlier run of this process',
  'process-gone': 'the process of the previous run no longer exists on this machine',
  takeover: 'started with --takeover',
  'nobody-answers': 'the previous run had no responder to two pings, and its lease was not renewed',
  'lease-lapsed': 'the previous run did not answer, and its lease lapsed',
  'lease-unmoved':
    'the previous run did not answer, and its lease was not renewed for twice its ttl',
  'unreadable-and-no-lease':
    'the record of the agent was unreadable, and no lease of the slot existed',
};
