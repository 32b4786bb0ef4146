import type { PurgeResponse } from '@nats-io/jetstream';
import { Fault } from '../../../domain/fault.ts';
import {
  lossNames,
  type StoreLoss,
  type StoreMark,
} from '../../../domain/store-history/store-loss.ts';
import type { Millis, Revision } from '../../../domain/time.ts';
import { askApi, expectOk } from '../connection/jetstream-api.ts';
import type { SubjectNames } from '../connection/subject-names.ts';
import type { SupervisedConnection } from '../connection/supervised-connection.ts';
import { republishUpTo } from '../history/republish.ts';
import type { StoreGuard } from '../history/store-guard.ts';
import { auditLossNow } from '../history/store-losses.ts';
import { readMark, writeMark } from '../history/store-mark.ts';
import { compareOutbox } from '../history/unaudited.ts';
import { readLast } from '../read/leader-read.ts';
import { streamInfo } from '../streams/ensure-streams.ts';
import { messageAt, originOf } from '../streams/last-event.ts';
import { natsServerTime } from '../streams/server-time.ts';

/** How many events are compared and removed at most: more wait for the next time. */
const atMost = 10_000;

/**
 * Removes events from the outbox after comparing revision, subject and text with the audit, oldest first.
 * Stops at the first event that the audit lacks. Repairs the store first if the registry lost its tail.
 *
 * The last compared event stays in the outbox as a witness, and the mark has its sequence. With it, any
 * process can later detect that the audit has lost events that were removed here. If the outbox lacks the
 * last event of the audit, the two streams may no longer belong together, and nothing is removed.
 * While a backup is being made nothing is removed.
 * @returns how many events were removed
 * @throws {Fault} `history-lost`: the audit lost events, and an operator has to accept that
 */
export async function trimOutbox(
  connection: SupervisedConnection,
  names: SubjectNames,
  guard: StoreGuard,
  within: Millis,
): Promise<number> {
  await guard.check(within);
  const { mark, revision } = await readMark(connection, names, within);
  for (const { kind, origin } of mark.pending) {
    if (kind === 'registry-lost-tail') await republishUpTo(connection, names, origin, within);
  }
  if (await isCopied(connection, names, mark, within)) return 0;
  const loss = await auditLossNow(connection, names, mark, within);
  if (loss) throw historyLost(loss);
  const confirmed = await witnessed(connection, names, within);
  if (confirmed === undefined) return 0;
  const { stream } = names.registry;
  const all = `${names.eventPrefix}>`;
  const oldest = await messageAt(connection, stream, { seq: 1, subject: all }, within);
  if (oldest === undefined || oldest.seq >= confirmed.revision) return 0;
  const compared = await compareOutbox(connection, names, confirmed.revision, within, atMost);
  const lacking = compared.findIndex(({ auditSeq }) => auditSeq === 0);
  const last = compared.at(lacking < 0 ? -1 : lacking - 1);
  if (last === undefined || lacking === 0) return 0;
  const trimmed = { seq: last.auditSeq, origin: last.revision, created: confirmed.created };
  const next = { mark: { ...mark, trimmed }, revision };
  // First the mark: events are never removed without a trace of what the audit had.
  if (!(await writeMark(connection, names, next, within))) return 0;
  const what = `STREAM.PURGE.${stream}`;
  const request = { filter: all, seq: last.revision };
  const answer = await askApi<PurgeResponse>(connection, what, request, { within });
  return expectOk(what, answer).purged;
}

/** Whether a backup is being made, by the clock of the server. */
async function isCopied(
  connection: SupervisedConnection,
  { auditStream }: SubjectNames,
  { copying = 0 }: StoreMark,
  within: Millis,
): Promise<boolean> {
  return copying > 0 && copying > (await natsServerTime(connection, auditStream, within).now());
}

/** The revision of the audit's last event, if the same event is still in the outbox. */
async function witnessed(
  connection: SupervisedConnection,
  names: SubjectNames,
  within: Millis,
): Promise<{ readonly revision: Revision; readonly created: string } | undefined> {
  const info = await streamInfo(connection, names.auditStream, within);
  if (info === undefined || info.state.messages === 0) return undefined;
  const seq = info.state.last_seq;
  const last = await messageAt(connection, names.auditStream, { seq }, within);
  const revision = originOf(last, names.registry);
  if (last === undefined || revision === 0) return undefined;
  const subject = names.eventPrefix + last.subject.slice(names.auditPrefix.length);
  const witness = await readLast(connection, names.registry.stream, subject, within);
  if (witness?.seq !== revision || witness.text !== last.text) return undefined;
  return { revision, created: info.created };
}

const historyLost = ({ kind, seq, kept, origin }: StoreLoss): Fault =>
  new Fault(
    'history-lost',
    `${lossNames[kind]}: the events after #${seq} (revision ${kept}) up to revision ${origin} are missing in the audit and in the outbox`,
    { hint: 'the outbox is not trimmed until an operator accepts this: rollcall repair' },
  );
