import { Fault } from '../../../domain/fault.ts';
import {
  auditLoss,
  burnTarget,
  lossNames,
  needsOperator,
  registryLoss,
  type StoreLoss,
  type StoreMark,
  type StreamEnds,
} from '../../../domain/store-history/store-loss.ts';
import type { MemoryServer } from './memory-server.ts';
import type { Message } from './stream.ts';
import { outboxOf, subjectOfEvent } from './subjects.ts';

/** Before each write: if the registry lost its tail, its sequences go on behind those that it had used. */
export function mendRegistry(server: MemoryServer): void {
  const { registry, audit } = server;
  const { origin } = audit.end;
  if (registry.begun <= origin && origin <= registry.lastSeq) return;
  const mark = server.registry.mark;
  const loss = registryLoss(endsOf(server), mark);
  if (loss) {
    const isAnew = loss.kind === 'registry-made-anew';
    const { begun } = registry;
    registry.mark = {
      ...mark,
      pending: [...mark.pending, loss],
      ...(isAnew && { begun }),
    };
  }
  registry.skipTo(burnTarget(server.registry.mark));
}

export function lossesOf(server: MemoryServer): readonly StoreLoss[] {
  const mark = server.registry.mark;
  const ofRegistry = registryLoss(endsOf(server), mark);
  const ofAudit = auditLossNow(server, mark);
  return [...mark.pending, ...(ofRegistry ? [ofRegistry] : []), ...(ofAudit ? [ofAudit] : [])];
}

/** Whether the outbox has events that are not copied yet. */
export const isAuditBehind = ({ registry, audit }: MemoryServer): boolean =>
  registry.after(audit.end.origin, outboxOf(['>'])).length > 0;

export function forgetLoss(server: MemoryServer, loss: StoreLoss): void {
  const { trimmed, ...mark } = server.registry.mark;
  if (needsOperator(loss)) {
    if (trimmed?.origin === loss.origin) server.registry.mark = mark;
    return;
  }
  const pending = mark.pending.filter(
    ({ kind, seq, origin }) => kind !== loss.kind || seq !== loss.seq || origin !== loss.origin,
  );
  if (pending.length === mark.pending.length) return;
  server.registry.mark = { ...mark, pending, ...(trimmed && { trimmed }) };
}

/** Removes the events from the outbox that the audit has, except the last one (see `Audit.tidy`). */
export function trimOutbox(server: MemoryServer): number {
  const { audit, registry } = server;
  mendRegistry(server);
  const mark = server.registry.mark;
  if (mark.pending.some(({ kind }) => kind === 'registry-lost-tail')) {
    for (const message of outboxUpTo(server, audit.end.origin)) {
      if (auditSeqOf(server, message) > 0) continue;
      registry.append(message.subject, message.text);
    }
    audit.catchUp();
  }
  const loss = auditLossNow(server, mark);
  if (loss) throw new Fault('history-lost', `${lossNames[loss.kind]}: events are gone`);
  const last = audit.last;
  if (!last) return 0;
  const waiting = outboxUpTo(server, last.origin);
  if (waiting.at(-1)?.seq !== last.origin) return 0;
  const lacking = waiting.findIndex((message) => auditSeqOf(server, message) === 0);
  const proven = lacking < 0 ? waiting : waiting.slice(0, lacking);
  const witness = proven.at(-1);
  if (!witness || proven.length < 2) return 0;
  const seq = auditSeqOf(server, witness);
  const trimmed = { seq, origin: witness.seq, created: audit.created };
  registry.mark = { ...registry.mark, trimmed };
  for (const message of proven.slice(0, -1)) registry.purge(message);
  return proven.length - 1;
}

function auditLossNow(server: MemoryServer, mark: StoreMark): StoreLoss | undefined {
  const { trimmed } = mark;
  if (!trimmed) return undefined;
  const events = server.audit.from(1);
  const atMark = events.find(({ seq }) => seq === trimmed.seq)?.origin;
  const kind = auditLoss(endsOf(server), mark, atMark);
  if (!kind) return undefined;
  const before = events.findLast(({ origin }) => origin < trimmed.origin);
  return { kind, kept: before?.origin ?? 0, origin: trimmed.origin, seq: before?.seq ?? 0 };
}

const outboxUpTo = ({ registry }: MemoryServer, revision: number): readonly Message[] =>
  registry.after(0, outboxOf(['>'])).filter(({ seq }) => seq <= revision);

/** Where the audit has this event of the outbox; 0: nowhere. */
function auditSeqOf({ audit }: MemoryServer, { subject, seq, text }: Message): number {
  const found = audit.ofOrigin(seq);
  const isSame = found?.subject === subjectOfEvent(subject) && found.text === text;
  return isSame ? found.seq : 0;
}

function endsOf({ registry, audit }: MemoryServer): StreamEnds {
  const { first, last } = audit.extent(0);
  const { origin } = audit.end;
  return {
    registry: { begun: registry.begun, last: registry.lastSeq },
    audit: { created: audit.created, first, last, oldest: audit.oldest, origin },
  };
}
