import { Fault } from '../../../domain/fault.ts';
import {
  auditLoss,
  needsOperator,
  type StoreLoss,
  type StoreMark,
} from '../../../domain/store-history/store-loss.ts';
import type { Millis } from '../../../domain/time.ts';
import { backoff, sleep } from '../connection/backoff.ts';
import type { SubjectNames } from '../connection/subject-names.ts';
import type { SupervisedConnection } from '../connection/supervised-connection.ts';
import { messageAt, originOf } from '../streams/last-event.ts';
import { readMark, writeMark } from './store-mark.ts';
import { lastEventBefore, readEnds, registryLossNow } from './stream-ends.ts';

/**
 * The losses that the audit does not tell of yet.
 * @throws {Fault} `store-unavailable`, `store-refused`, `store-misconfigured`
 */
export async function readLosses(
  connection: SupervisedConnection,
  names: SubjectNames,
  within: Millis,
): Promise<readonly StoreLoss[]> {
  const ends = await readEnds(connection, names, within);
  const { mark } = await readMark(connection, names, within);
  // No process has written since the loss, so it is not in the mark yet.
  const ofRegistry = await registryLossNow(connection, names, ends, mark, within);
  const ofAudit = await auditLossNow(connection, names, mark, within);
  return [...mark.pending, ...(ofRegistry ? [ofRegistry] : []), ...(ofAudit ? [ofAudit] : [])];
}

/** What the audit has lost of the events that it had at the last trim; undefined if nothing. */
export async function auditLossNow(
  connection: SupervisedConnection,
  names: SubjectNames,
  mark: StoreMark,
  within: Millis,
): Promise<StoreLoss | undefined> {
  const { trimmed } = mark;
  if (trimmed === undefined) return undefined;
  const ends = await readEnds(connection, names, within);
  const atMark = await messageAt(connection, names.auditStream, { seq: trimmed.seq }, within);
  const kind = auditLoss(ends, mark, originOf(atMark, names.registry));
  if (kind === undefined) return undefined;
  // The lost events were between that one and the mark.
  const before = await lastEventBefore(connection, names, ends, trimmed.origin, within);
  return { kind, kept: before.origin, origin: trimmed.origin, seq: before.seq };
}

/**
 * Forgets a loss that the audit now tells of.
 * @throws {Fault} `store-unavailable`, `store-refused`
 */
export async function forgetLoss(
  connection: SupervisedConnection,
  names: SubjectNames,
  loss: StoreLoss,
  within: Millis,
): Promise<void> {
  const until = performance.now() + within;
  for (let tries = 0; performance.now() < until; tries += 1) {
    const { mark, revision } = await readMark(connection, names, within);
    const next = without(mark, loss);
    if (next === mark) return;
    if (await writeMark(connection, names, { mark: next, revision }, within)) return;
    await sleep(backoff(tries, 20, 500));
  }
  throw new Fault(
    'store-unavailable',
    'other processes changed the record of losses during each attempt',
    {
      hint: 'run the same command again',
    },
  );
}

/** The same object if the mark does not have the loss. */
function without(mark: StoreMark, loss: StoreLoss): StoreMark {
  if (needsOperator(loss)) {
    if (mark.trimmed?.origin !== loss.origin) return mark;
    const { trimmed: _, ...rest } = mark;
    return rest;
  }
  const pending = mark.pending.filter(
    ({ kind, seq, origin }) => kind !== loss.kind || seq !== loss.seq || origin !== loss.origin,
  );
  return pending.length === mark.pending.length ? mark : { ...mark, pending };
}
