import type { AuditEvent } from '../../domain/events/event-schema.ts';
import { eventSubject } from '../../domain/events/event-subjects.ts';
import {
  type ChainHead,
  type SealedEvent,
  sealEvent,
  sealTogether,
} from '../../domain/events/hash-chain.ts';
import type { EventWrite, Write } from '../../ports/registry.ts';
import type { Author, Change } from './record-change.ts';

/** A change as it is stored. */
export interface SealedChange {
  readonly write: Write;
  readonly events: readonly EventWrite[];
  /** The last event of the chain after this change. */
  readonly head: ChainHead;
  /** The record that is written; undefined: it is removed. */
  readonly record: object | undefined;
}

/**
 * Signs the changes of one commit. The first events of all changes share one signature, so do the second
 * ones, and so on: an event has the hash of the event before it, so the two cannot share one.
 *
 * All of the changes must go into one commit: `audit verify` reports a commit of which a part is missing.
 */
export function sealChanges(changes: readonly Change[]): readonly SealedChange[] {
  const sealed = changes.map((): SealedEvent[] => []);
  const longest = Math.max(0, ...changes.map(({ events }) => events.length));
  for (let step = 0; step < longest; step += 1) sealStep(step, changes, sealed);
  return changes.map((change, at) => sealedChange(change, sealed[at] ?? []));
}

/** Signs the event at this position of each change. */
function sealStep(step: number, changes: readonly Change[], sealed: SealedEvent[][]): void {
  const events: { readonly at: number; readonly author: Author; readonly event: AuditEvent }[] = [];
  changes.forEach(({ author, events: all }, at) => {
    const event = all[step];
    const prev = sealed[at]?.at(-1)?.head.hash;
    if (event) events.push({ at, author, event: prev === undefined ? event : { ...event, prev } });
  });
  for (const [signer, ofSigner] of Map.groupBy(events, ({ author }) => author.signer)) {
    const all = ofSigner.map(({ event }) => event);
    const texts = sealTogether(all, signer, ofSigner[0]?.author.ports.hash);
    ofSigner.forEach(({ at }, k) => void sealed[at]?.push(texts[k] as SealedEvent));
  }
}

function sealedChange(change: Change, sealed: readonly SealedEvent[]): SealedChange {
  const { key, expectedRevision, events } = change;
  const head = sealed.at(-1)?.head ?? { n: 0, hash: '' };
  const record = change.record && { ...change.record, hash: head.hash };
  return {
    write: { key, expectedRevision, text: record && JSON.stringify(record) },
    events: events.map((event, at) => eventWrite(event, sealed[at]?.text ?? '')),
    head,
    record,
  };
}

const eventWrite = ({ of, n }: AuditEvent, text: string): EventWrite => ({
  subject: eventSubject(of, n),
  text,
});

/** Signs a change that is committed alone, or whose hash must be known before its commit is made. */
export function sealChange(change: Change): SealedChange {
  const [sealed] = sealChanges([change]);
  if (!sealed) throw new Error('one change is sealed as one');
  return sealed;
}

/** Signs the next change of the same record, and makes both one write. */
export function sealNext({ write, events }: SealedChange, change: Change): SealedChange {
  const next = sealChange(change);
  const { expectedRevision } = write;
  return {
    ...next,
    write: { ...next.write, expectedRevision },
    events: [...events, ...next.events],
  };
}

/** What one or more changes write. */
export interface SealedCommit {
  readonly writes: readonly Write[];
  readonly events: readonly EventWrite[];
}

/** Signs the changes of one commit; as {@link sealChanges}. */
export function sealCommit(changes: readonly Change[]): SealedCommit {
  const sealed = sealChanges(changes);
  return {
    writes: sealed.map(({ write }) => write),
    events: sealed.flatMap(({ events }) => events),
  };
}

/** Signs an event that is stored without a record. */
export function sealAlone(
  { signer, ports }: Author,
  event: AuditEvent,
): SealedEvent & { readonly write: EventWrite } {
  const sealedEvent = sealEvent(event, signer, ports.hash);
  return { ...sealedEvent, write: eventWrite(event, sealedEvent.text) };
}
