import { Fault } from '../../../domain/fault.ts';
import type { Millis } from '../../../domain/time.ts';
import { apiFault, askApi } from '../connection/jetstream-api.ts';
import { code } from '../connection/jetstream-errors.ts';
import type { SubjectNames } from '../connection/subject-names.ts';
import type { SupervisedConnection } from '../connection/supervised-connection.ts';
import { streamInfo } from './ensure-streams.ts';

/** A stream of a namespace, as a person decides on it. */
export interface StreamExtent {
  readonly stream: string;
  readonly messages: number;
  readonly bytes: number;
  /** Sequence of its last message; 0 if it never had one. */
  readonly lastSequence: number;
}

/** The streams of the namespace that the server has. @throws {Fault} `store-unavailable`, `store-refused` */
export async function extentOf(
  connection: SupervisedConnection,
  names: SubjectNames,
  within: Millis,
): Promise<readonly StreamExtent[]> {
  const found: StreamExtent[] = [];
  for (const stream of inOrder(names)) {
    const info = await streamInfo(connection, stream, within);
    if (info === undefined) continue;
    const { messages, bytes, last_seq: lastSequence } = info.state;
    found.push({ stream, messages, bytes, lastSequence });
  }
  return found;
}

/**
 * Deletes the streams of the namespace, and reports each before the next. The audit is last: as long as it
 * exists, a registry that is created again repeats no revision, and the history can be read.
 * @throws {Fault} `store-unavailable`, `store-refused`; a later call deletes the rest
 */
export async function deleteStreams(
  connection: SupervisedConnection,
  names: SubjectNames,
  within: Millis,
  onDeleted: (stream: string) => void,
): Promise<void> {
  for (const stream of inOrder(names)) {
    const what = `STREAM.DELETE.${stream}`;
    const gone = await askApi(connection, what, {}, { within });
    if ('ok' in gone) onDeleted(stream);
    else if (gone.error.err_code !== code.streamNotFound) throw apiFault(what, gone.error);
  }
}

const inOrder = ({ leases, registry, keyframes, auditStream }: SubjectNames) =>
  [leases.stream, registry.stream, keyframes.stream, auditStream] as const;

/** There is nothing to drop. */
export const noNamespace = (namespace: string): Fault =>
  new Fault('not-found', `there is no namespace '${namespace}' on this server`, {
    hint: 'check the spelling, --servers and --js-domain',
  });
