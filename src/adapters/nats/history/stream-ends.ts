import type { StreamInfo } from '@nats-io/jetstream';
import {
  registryLoss,
  type StoreLoss,
  type StoreMark,
  type StreamEnds,
} from '../../../domain/store-history/store-loss.ts';
import type { Millis, Revision } from '../../../domain/time.ts';
import { missingStream } from '../connection/missing-stream.ts';
import type { SubjectNames } from '../connection/subject-names.ts';
import type { SupervisedConnection } from '../connection/supervised-connection.ts';
import { streamInfo } from '../streams/ensure-streams.ts';
import { messageAt, originOf } from '../streams/last-event.ts';
import { RepeatedCopies } from './repeated-copies.ts';

/**
 * The ends of registry and audit, from their leaders. Repeated copies at the end of the audit do not count.
 * The audit is read first: read later, it could have an event that the registry got in between, and an intact
 * registry would look shorter than the audit. `known`: the state of the audit, if it was just read.
 * @throws {Fault} `store-unavailable`, `store-refused`, `store-misconfigured` (a stream is missing)
 */
export async function readEnds(
  connection: SupervisedConnection,
  names: SubjectNames,
  within: Millis,
  known?: StreamInfo,
): Promise<StreamEnds> {
  const audit = known ?? (await existing(connection, names.auditStream, within));
  const { first_seq: first, last_seq, messages } = audit.state;
  const eventAt = async (seq: Revision) =>
    messages === 0 ? undefined : messageAt(connection, names.auditStream, { seq }, within);
  const [front, last] = await Promise.all([eventAt(first), eventAt(last_seq)]);
  const end = last
    ? await new RepeatedCopies(connection, names, within, front).end(last)
    : { seq: last_seq, origin: 0 };
  const registry = await existing(connection, names.registry.stream, within);
  return {
    registry: { begun: registry.config.first_seq ?? 0, last: registry.state.last_seq },
    audit: {
      ...{ created: audit.created, first, last: end.seq },
      ...{ oldest: originOf(front, names.registry), origin: end.origin },
    },
  };
}

async function existing(
  connection: SupervisedConnection,
  stream: string,
  within: Millis,
): Promise<StreamInfo> {
  const info = await streamInfo(connection, stream, within);
  if (info !== undefined) return info;
  throw missingStream(stream);
}

/**
 * The last event of the audit with a lower revision; zeros if it has none.
 * @throws {Fault} `store-unavailable`, `store-refused`
 */
export async function lastEventBefore(
  connection: SupervisedConnection,
  names: SubjectNames,
  { audit }: StreamEnds,
  revision: Revision,
  within: Millis,
): Promise<{ readonly seq: Revision; readonly origin: Revision }> {
  const originAt = async (seq: Revision) =>
    originOf(await messageAt(connection, names.auditStream, { seq }, within), names.registry);
  let [low, high] = [Math.max(1, audit.first), audit.last + 1];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if ((await originAt(middle)) < revision) low = middle + 1;
    else high = middle;
  }
  return { seq: low - 1, origin: low > audit.first ? await originAt(low - 1) : 0 };
}

/** What the registry has forgotten, with the last event of before. */
export async function registryLossNow(
  connection: SupervisedConnection,
  names: SubjectNames,
  ends: StreamEnds,
  mark: StoreMark,
  within: Millis,
  seen: Revision = 0,
): Promise<StoreLoss | undefined> {
  const loss = registryLoss(ends, mark, seen);
  if (loss?.kind !== 'registry-made-anew' || ends.audit.origin < ends.registry.begun) return loss;
  return {
    ...loss,
    ...(await lastEventBefore(connection, names, ends, ends.registry.begun, within)),
  };
}
