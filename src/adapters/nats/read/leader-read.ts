import type { KeyValueEntry } from '../../../domain/records/stored-record.ts';
import type { Millis, WallTime } from '../../../domain/time.ts';
import { apiFault, askApi } from '../connection/jetstream-api.ts';
import { code } from '../connection/jetstream-errors.ts';
import { type ApiMessage, entryOf, fromApi, type StreamMessage } from '../connection/message.ts';
import type { BucketNames } from '../connection/subject-names.ts';
import type { SupervisedConnection } from '../connection/supervised-connection.ts';
import { readCopiedKey, readOwnKey } from './own-key-read.ts';

/**
 * The last message of a subject, from the stream's leader; undefined if there is none.
 *
 * Does not use a direct get, which any replica may answer: 13 of 1500 answers after an acknowledged
 * write were older than the write (measured on three servers; with this request 0 of 500).
 * @throws {Fault} `store-unavailable`
 */
export async function readLast(
  connection: SupervisedConnection,
  stream: string,
  subject: string,
  within: Millis,
): Promise<StreamMessage | undefined> {
  if (connection.reads === 'own-keys') return readOwnKey(connection, stream, subject, within);
  const what = `STREAM.MSG.GET.${stream}`;
  const request = { last_by_subj: subject };
  const answer = await askApi<{ message: ApiMessage }>(connection, what, request, { within });
  if ('ok' in answer) return fromApi(answer.ok.message);
  if (answer.error.err_code === code.noMessage) return undefined;
  throw apiFault(what, answer.error);
}

/**
 * As {@link readLast}, of a stream to which only the server writes.
 * @throws {Fault} `store-unavailable`
 */
export const readLastCopy: typeof readLast = (connection, stream, subject, within) =>
  connection.reads === 'own-keys'
    ? readCopiedKey(connection, stream, subject, within)
    : readLast(connection, stream, subject, within);

/**
 * The entry of a key, from the leader. Revision 0: never written, or its tombstone has expired. `readAt`: the time by the
 * clock of the server; with it an entry has its age.
 */
export async function readEntry(
  connection: SupervisedConnection,
  bucket: BucketNames,
  key: string,
  within: Millis,
  readAt?: WallTime,
): Promise<KeyValueEntry> {
  const last = await readLast(connection, bucket.stream, bucket.prefix + key, within);
  if (last === undefined) return { key, revision: 0, text: undefined };
  const entry = entryOf(bucket, last);
  const age = (readAt ?? Number.NaN) - last.storedAt;
  return Number.isNaN(age) ? entry : { ...entry, age: Math.max(0, age) };
}

/** Concurrent reads when many keys are read. */
const concurrentReads = 64;

/** The entries of these keys, each from the leader, in the same order. */
export async function readEntries(
  connection: SupervisedConnection,
  bucket: BucketNames,
  keys: readonly string[],
  within: Millis,
  readAt?: WallTime,
): Promise<readonly KeyValueEntry[]> {
  const entries: KeyValueEntry[] = [];
  for (let from = 0; from < keys.length; from += concurrentReads) {
    const batch = keys.slice(from, from + concurrentReads);
    entries.push(
      ...(await Promise.all(
        batch.map((key) => readEntry(connection, bucket, key, within, readAt)),
      )),
    );
  }
  return entries;
}
