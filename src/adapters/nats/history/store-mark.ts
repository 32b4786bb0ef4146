import { readJson } from '../../../domain/json.ts';
import { emptyMark, StoreMark } from '../../../domain/store-history/store-loss.ts';
import type { Millis, Revision } from '../../../domain/time.ts';
import type { SubjectNames } from '../connection/subject-names.ts';
import type { SupervisedConnection } from '../connection/supervised-connection.ts';
import { readLast } from '../read/leader-read.ts';
import { publish } from '../write/publish.ts';

/** What the store remembers about itself, and the revision at which it was read. */
export interface MarkRead {
  readonly mark: StoreMark;
  readonly revision: Revision;
}

/**
 * The mark is a message of the registry's stream outside the bucket, so that it is lost together with the
 * registry's tail. The digits of a commit's fences never equal its name.
 */
const markSubject = ({ fencePrefix }: SubjectNames): string => `${fencePrefix}=store`;

/** An unreadable mark counts as empty: it only speeds up what the streams tell too. */
export async function readMark(
  connection: SupervisedConnection,
  names: SubjectNames,
  within: Millis,
): Promise<MarkRead> {
  const last = await readLast(connection, names.registry.stream, markSubject(names), within);
  return { mark: parseMark(last?.text), revision: last?.seq ?? 0 };
}

function parseMark(text: string | undefined): StoreMark {
  if (text === undefined) return emptyMark;
  try {
    return StoreMark.safeParse(readJson(text)).data ?? emptyMark;
  } catch {
    return emptyMark;
  }
}

/**
 * Replaces the mark, unless another process has replaced it. With `onlyAfter` it is stored only if the
 * whole stream ends at that revision.
 * @returns whether it is stored; false also if that is unknown
 * @throws {Fault} `store-refused`
 */
export async function writeMark(
  connection: SupervisedConnection,
  names: SubjectNames,
  { mark, revision }: MarkRead,
  within: Millis,
  onlyAfter?: Revision,
): Promise<boolean> {
  const message = {
    subject: markSubject(names),
    text: JSON.stringify(mark),
    headers: [
      ['Nats-Expected-Last-Subject-Sequence', `${revision}`],
      ...(onlyAfter === undefined
        ? []
        : [['Nats-Expected-Last-Sequence', `${onlyAfter}`] as const]),
    ] as const,
  };
  return (await publish(connection, [message], within)).kind === 'stored';
}
