import { parseRestoreNote, type RestoreNote } from '../../../domain/store-history/restore-note.ts';
import type { Millis, Revision } from '../../../domain/time.ts';
import { MissingStream } from '../connection/missing-stream.ts';
import type { SubjectNames } from '../connection/subject-names.ts';
import type { SupervisedConnection } from '../connection/supervised-connection.ts';
import { messageAt } from '../streams/last-event.ts';

/**
 * The note of a restore that has not finished; undefined without one.
 * @throws {Fault} `store-unavailable`, `store-refused`
 */
export async function readNote(
  connection: SupervisedConnection,
  { restore }: SubjectNames,
  within: Millis,
): Promise<(RestoreNote & { readonly seq: Revision }) | undefined> {
  // The stream keeps one message, on one subject.
  const first = { seq: 1, subject: '>' };
  const last = await messageAt(connection, restore.stream, first, within).catch(
    (cause: unknown) => {
      if (cause instanceof MissingStream) return undefined;
      throw cause;
    },
  );
  if (last === undefined) return undefined;
  return { ...parseRestoreNote(last.text), seq: last.seq };
}
