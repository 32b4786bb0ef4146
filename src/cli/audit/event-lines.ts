import {
  type AuditEntry,
  describeChain,
  type UnreadableEvent,
} from '../../domain/events/audit-entry.ts';
import { type AuditEvent, isOfSlot, type StateValue } from '../../domain/events/event-schema.ts';
import { FleetPolicy } from '../../domain/policy/fleet-policy.ts';
import { DrainRecord, HoldRecord } from '../../domain/records/schemas.ts';
import { policyLines } from '../command/settings/policy-settings.ts';
import { acknowledgementWords } from '../tables/acknowledgement-words.ts';
import { jsonLine } from '../terminal/escape-terminal.ts';
import { fullTime } from '../terminal/format-time.ts';
import { isoOf } from '../terminal/iso-times.ts';
import { evidenceWords } from './evidence-text.ts';

/** The stored event plus `seq` and `atIso`; for an unreadable one its subject and the reason. */
export function eventJson(read: AuditEntry | UnreadableEvent): string {
  const { seq } = read;
  return jsonLine(
    read.kind === 'event'
      ? { seq, ...read.event, atIso: isoOf(read.event.at) }
      : { seq, subject: read.subject, unreadable: read.why },
  );
}

/** Entity of the event. */
export function subjectOf({ of }: Pick<AuditEvent, 'of'>): string {
  if (of.entity === 'instance') return `${of.service}/${of.id}`;
  return isOfSlot(of) ? `${of.host}/${of.agent}` : describeChain(of);
}

/** Author of the event, `itself` for the run's own. */
export const actorOf = ({ actor, of }: AuditEvent): string =>
  isOfSlot(of) && actor.run === of.run ? 'itself' : `${actor.host}/${actor.agent}`;

/** State names: the innermost of each region, without the default `clear`. */
export function stateText(value: StateValue | null | undefined): string {
  if (value === null || value === undefined) return '';
  if (typeof value === 'string') return value;
  return Object.values(value)
    .map(stateText)
    .filter((text) => text !== '' && text !== 'clear')
    .join(' ');
}

/** Reasons of the transition: the fields of the event and its evidence. */
export function whyOf(audited: AuditEvent): string {
  const { type: _, ...fields } = audited.event;
  const seen = evidenceWords(audited) ?? listed(audited.evidence ?? {});
  return [listed(fields), planned(audited), seen].filter((part) => part !== '').join('; ');
}

/** Content of the record of a hold, a drain or the policy. */
function planned({ of, record }: AuditEvent): string {
  if (of.entity === 'hold') {
    const hold = HoldRecord.unwrap().pick({ until: true, why: true }).safeParse(record);
    if (!hold.success) return '';
    const { until, why } = hold.data;
    return `until ${fullTime(until)}${why === undefined ? '' : `: ${why}`}`;
  }
  if (of.entity === 'drain') {
    const drain = DrainRecord.unwrap().pick({ until: true, why: true }).safeParse(record);
    if (!drain.success) return '';
    const { until, why } = drain.data;
    const end = until === undefined ? 'until it is ended' : `until ${fullTime(until)}`;
    return `${end}${why === undefined ? '' : `: ${why}`}`;
  }
  if (of.entity !== 'policy') return '';
  const policy = FleetPolicy.safeParse(record?.['policy']);
  return policy.success ? policyChanges(policy.data) : '';
}

function policyChanges(policy: FleetPolicy): string {
  const changed = policyLines(policy).filter(({ value, fallback }) => value !== fallback);
  const settings = changed.map(({ name, value }) => `${name} ${value}`);
  const words = [...settings, ...(policy.acknowledged ?? []).map(acknowledgementWords)];
  return words.length === 0 ? 'defaults' : words.join(', ');
}

const listed = (what: object): string =>
  Object.entries(what)
    .filter(([, value]) => value !== undefined && value !== null)
    .map(([name, value]) => `${words(name)} ${shown(name, value)}`)
    .join(', ');

const words = (name: string): string =>
  name.replaceAll(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);

/** Fields whose name ends in `For` are durations: see RunEvidence. */
function shown(name: string, value: unknown): string {
  if (typeof value === 'number' && name.endsWith('For')) return `${(value / 1000).toFixed(1)} s`;
  if (typeof value !== 'object' || value === null) return String(value);
  const parts = Object.entries(value).map(([part, of]) => `${words(part)} ${shown(part, of)}`);
  return `(${parts.join(', ')})`;
}
