import type { KeyValueEntry } from '../../../domain/records/stored-record.ts';
import type { Revision } from '../../../domain/time.ts';
import { missingStream } from '../connection/missing-stream.ts';
import type { SupervisedConnection } from '../connection/supervised-connection.ts';
import { streamInfo } from '../streams/ensure-streams.ts';
import { readEntries } from './leader-read.ts';
import type { SnapshotSpec } from './snapshot.ts';

/** So many keys cost the server less when they are read one by one than with a consumer of their own. */
const few = 16;

/**
 * The entries that match, if they are few: the leader lists the keys, and each is read at the leader. Undefined:
 * they are more, or the leader has not reached `atLeast` or a key that was named, so that a snapshot has to be taken.
 *
 * Most agents have an instance or two, and none when they start. A consumer takes four requests more, and three
 * servers have to agree on it.
 * @throws {Fault} `store-unavailable`, `store-misconfigured` (no such stream)
 */
export async function fewEntries(
  connection: SupervisedConnection,
  { bucket, filters, atLeast, within }: Omit<SnapshotSpec, 'signal'>,
): Promise<readonly KeyValueEntry[] | undefined> {
  const patterns = filters.filter(isPattern);
  if (patterns.length === 0) return undefined;
  const [own, ...lists] = await Promise.all([
    readEntries(
      connection,
      bucket,
      filters.filter((filter) => !isPattern(filter)),
      within,
    ),
    ...patterns.map((filter) => keysUpTo(connection, filter, { bucket, atLeast, within })),
  ]);
  const keys: string[] = [];
  for (const list of lists) {
    // The keys may have been listed before an entry was read that was asked for at the same time. A snapshot is of one moment.
    if (list === undefined || own.some(({ revision }) => revision > list.upTo)) return undefined;
    keys.push(...list.keys);
  }
  if (keys.length > few) return undefined;
  const entries = [...own, ...(await readEntries(connection, bucket, keys, within))];
  return entries.filter(({ revision }) => revision > 0);
}

const isPattern = (filter: string): boolean => /[*>]/.test(filter);

/** The keys that the leader has, and up to which revision; undefined if it has not reached `atLeast`. */
async function keysUpTo(
  connection: SupervisedConnection,
  filter: string,
  { bucket, atLeast, within }: Pick<SnapshotSpec, 'bucket' | 'atLeast' | 'within'>,
): Promise<{ readonly keys: readonly string[]; readonly upTo: Revision } | undefined> {
  const { stream, prefix } = bucket;
  const info = await streamInfo(connection, stream, within, undefined, prefix + filter);
  if (info === undefined) throw missingStream(stream);
  if (info.state.last_seq < atLeast) return undefined;
  const subjects = Object.keys(info.state.subjects ?? {});
  return {
    keys: subjects.map((subject) => subject.slice(prefix.length)),
    upTo: info.state.last_seq,
  };
}
