import type { PurgeResponse } from '@nats-io/jetstream';
import type { Millis } from '../../../domain/time.ts';
import { askApi, expectOk } from '../connection/jetstream-api.ts';
import { code } from '../connection/jetstream-errors.ts';
import { type ApiMessage, fromApi, type StreamMessage } from '../connection/message.ts';
import type { SubjectNames } from '../connection/subject-names.ts';
import type { SupervisedConnection } from '../connection/supervised-connection.ts';
import { readLast } from '../read/leader-read.ts';
import { streamInfo } from '../streams/ensure-streams.ts';

/**
 * Removes the events before the audit's last event from the outbox, if that last event is still in the
 * outbox.
 *
 * The last event is the witness. It stays, so that the next call finds one too. Without a witness the
 * two streams may not belong together any more (one was restored or recreated), and then the sequence
 * number in the audit does not tell which events it has.
 * @returns how many events were removed
 */
export async function trimOutbox(
  connection: SupervisedConnection,
  names: SubjectNames,
  within: Millis,
): Promise<number> {
  const last = await lastMessage(connection, names.auditStream, within);
  if (last === undefined) return 0;
  const [stream, sequence] = last.header('Nats-Stream-Source')?.split(' ') ?? [];
  const confirmed = Number(sequence);
  if (stream !== names.registry.stream || !(confirmed > 0)) return 0;
  const subject = names.eventPrefix + last.subject.slice(names.auditPrefix.length);
  const witness = await readLast(connection, names.registry.stream, subject, within);
  if (witness?.seq !== confirmed || witness.text !== last.text) return 0;
  const what = `STREAM.PURGE.${names.registry.stream}`;
  const request = { filter: `${names.eventPrefix}>`, seq: confirmed };
  const answer = await askApi<PurgeResponse>(connection, what, request, { within });
  return expectOk(what, answer).purged;
}

async function lastMessage(
  connection: SupervisedConnection,
  stream: string,
  within: Millis,
): Promise<StreamMessage | undefined> {
  const info = await streamInfo(connection, stream, within);
  if (info === undefined || info.state.messages === 0) return undefined;
  const what = `STREAM.MSG.GET.${stream}`;
  const request = { seq: info.state.last_seq };
  const answer = await askApi<{ message: ApiMessage }>(connection, what, request, { within });
  if ('error' in answer && answer.error.err_code === code.noMessage) return undefined;
  return fromApi(expectOk(what, answer).message);
}
