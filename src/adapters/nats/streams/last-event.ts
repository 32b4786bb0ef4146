import type { Millis, Revision } from '../../../domain/time.ts';
import { apiFault, askApi } from '../connection/jetstream-api.ts';
import { code } from '../connection/jetstream-errors.ts';
import { type ApiMessage, fromApi, type StreamMessage } from '../connection/message.ts';
import type { SupervisedConnection } from '../connection/supervised-connection.ts';

/**
 * The message at a sequence, or with `subject` the first one from there on that matches it. From the
 * stream's leader; undefined if there is none.
 * @throws {Fault} `store-unavailable`, `store-refused`
 */
export async function messageAt(
  connection: SupervisedConnection,
  stream: string,
  at: { readonly seq: Revision; readonly subject?: string },
  within: Millis,
): Promise<StreamMessage | undefined> {
  const what = `STREAM.MSG.GET.${stream}`;
  const request = { seq: at.seq, ...(at.subject !== undefined && { next_by_subj: at.subject }) };
  const answer = await askApi<{ message: ApiMessage }>(connection, what, request, { within });
  if ('ok' in answer) return fromApi(answer.ok.message);
  if (answer.error.err_code === code.noMessage) return undefined;
  throw apiFault(what, answer.error);
}

/** The revision of an event in the audit: its sequence in the registry's stream. 0 if it has none. */
export function originOf(
  event: StreamMessage | undefined,
  registry: { readonly stream: string },
): Revision {
  const [stream, sequence] = event?.header('Nats-Stream-Source')?.split(' ') ?? [];
  return stream === registry.stream && Number(sequence) > 0 ? Number(sequence) : 0;
}

/** What an event of the audit was copied from. */
export interface CopySource {
  /** Its sequence in the registry's stream; 0: unknown. */
  readonly origin: Revision;
  /**
   * Distinguishes that stream from others of its name: it was deleted and created, or restored. Empty: the server
   * does not tell (before 2.15).
   */
  readonly identity: string;
}

/** Parses the header with which the server marks a copied message: stream, sequence, filter, transform, subject, identity. */
export function copySourceOf(header: string | undefined): CopySource {
  const [, sequence, , , , identity = ''] = header?.split(' ') ?? [];
  return { origin: Number(sequence ?? 0), identity };
}
