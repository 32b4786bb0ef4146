import type { StreamInfo } from '@nats-io/jetstream';
import type { StreamEnds } from '../../../domain/store-history/store-loss.ts';
import type { Millis } from '../../../domain/time.ts';
import { missingStream } from '../connection/missing-stream.ts';
import type { SubjectNames } from '../connection/subject-names.ts';
import type { SupervisedConnection } from '../connection/supervised-connection.ts';
import { streamInfo } from '../streams/ensure-streams.ts';
import { messageAt, originOf } from '../streams/last-event.ts';

/**
 * The ends of registry and audit, from their leaders. The audit is read first: read later, it could have
 * an event that the registry got in between, and an intact registry would look shorter than the audit.
 * @throws {Fault} `store-unavailable`, `store-refused`, `store-misconfigured` (a stream is missing)
 */
export async function readEnds(
  connection: SupervisedConnection,
  names: SubjectNames,
  within: Millis,
): Promise<StreamEnds> {
  const audit = await existing(connection, names.auditStream, within);
  const { first_seq: first, last_seq: last, messages } = audit.state;
  const event =
    messages === 0
      ? undefined
      : await messageAt(connection, names.auditStream, { seq: last }, within);
  const registry = await existing(connection, names.registry.stream, within);
  return {
    registry: { begun: registry.config.first_seq ?? 0, last: registry.state.last_seq },
    audit: { created: audit.created, first, last, origin: originOf(event, names.registry) },
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
