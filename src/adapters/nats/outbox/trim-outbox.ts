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
 * Empties the outbox below the audit's last event, if that very event is still in the outbox.
 *
 * It is the witness: it stays, so that the next time there is one again. Without it the two streams
 * may not belong together any more (one was restored, or made anew), and then the number that the
 * audit remembers says nothing about what it has.
 * @returns how many events were removed
 */
export async function trimOutbox(
  link: SupervisedConnection,
  names: SubjectNames,
  within: Millis,
): Promise<number> {
  const last = await lastMessage(link, names.auditStream, within);
  if (last === undefined) return 0;
  const [stream, sequence] = last.header('Nats-Stream-Source')?.split(' ') ?? [];
  const confirmed = Number(sequence);
  if (stream !== names.registry.stream || !(confirmed > 0)) return 0;
  const subject = names.eventPrefix + last.subject.slice(names.auditPrefix.length);
  const witness = await readLast(link, names.registry.stream, subject, within);
  if (witness?.seq !== confirmed || witness.text !== last.text) return 0;
  const what = `STREAM.PURGE.${names.registry.stream}`;
  const request = { filter: `${names.eventPrefix}>`, seq: confirmed };
  const answer = await askApi<PurgeResponse>(link, what, request, { within });
  return expectOk(what, answer).purged;
}

async function lastMessage(
  link: SupervisedConnection,
  stream: string,
  within: Millis,
): Promise<StreamMessage | undefined> {
  const info = await streamInfo(link, stream, within);
  if (info === undefined || info.state.messages === 0) return undefined;
  const what = `STREAM.MSG.GET.${stream}`;
  const request = { seq: info.state.last_seq };
  const answer = await askApi<{ message: ApiMessage }>(link, what, request, { within });
  if ('error' in answer && answer.error.err_code === code.noMessage) return undefined;
  return fromApi(expectOk(what, answer).message);
}
