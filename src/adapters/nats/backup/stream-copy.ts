import { Fault } from '../../../domain/fault.ts';
import { type Millis, seconds } from '../../../domain/time.ts';
import { newInbox } from '../connection/inbox.ts';
import { apiFault } from '../connection/jetstream-api.ts';
import { code, errorIn, type JsError } from '../connection/jetstream-errors.ts';
import { jsonOf } from '../connection/message.ts';
import type { Reply, SupervisedConnection } from '../connection/supervised-connection.ts';
import { isStreamInfo } from '../streams/stream-info.ts';
import type { Settings } from '../streams/stream-settings.ts';

/** What a copy of a stream begins with: its settings and the state that it was copied in. */
export interface StreamHead {
  readonly config: Settings & { readonly name: string };
  readonly state: object & { readonly messages: number; readonly last_seq: number };
}

/** After a copy stood still, the server answers no piece of it any more. */
const pieceWithin: Millis = seconds(30);

/** Bytes of one message of a copy: below the smallest `max_payload` that a server is run with. */
const chunkSize = 128 * 1024;

/**
 * Copies a stream as it is stored, with sequences and times, while others write to it. The server first compares each message with
 * its checksum. `write` gets the pieces in order; the server waits for it.
 * @throws {Fault} `store-unavailable`, `store-refused`
 */
export async function copyStream(
  connection: SupervisedConnection,
  stream: string,
  within: Millis,
  write: (piece: Uint8Array) => Promise<void>,
): Promise<StreamHead> {
  const inbox = newInbox(connection);
  const pieces = connection.client.subscribe(inbox, { timeout: within });
  try {
    const what = `STREAM.SNAPSHOT.${stream}`;
    const wanted = {
      deliver_subject: inbox,
      no_consumers: true,
      jsck: true,
      chunk_size: chunkSize,
    };
    const head = okOf(what, await ask(connection, what, wanted, within));
    if (!isStreamInfo(head)) throw unavailable(what, 'the reply is not the state of a stream');
    for await (const piece of pieces) {
      // The end: an empty message, with an error if the copy failed.
      if (piece.data.length === 0) {
        const status = piece.headers?.code ?? 204;
        if (status >= 400) throw unavailable(what, piece.headers?.description ?? `${status}`);
        return { config: head.config, state: head.state };
      }
      await write(piece.data);
      piece.respond();
    }
    throw unavailable(what, 'the connection ended');
  } catch (cause) {
    if (cause instanceof Fault) throw cause;
    throw new Fault('store-unavailable', `the copy of ${stream} stopped: ${cause}`, { cause });
  } finally {
    pieces.unsubscribe();
  }
}

/**
 * Creates a stream from a copy, with sequences and times. `config` may differ from that of the copy.
 * @returns false if a stream of this name exists
 * @throws {Fault} `store-unavailable`, `store-refused`, `checksum-wrong`: the server does not accept the copy
 */
export async function restoreStream(
  connection: SupervisedConnection,
  { config, state }: StreamHead,
  within: Millis,
  pieces: AsyncIterable<Uint8Array>,
): Promise<boolean> {
  const what = `STREAM.RESTORE.${config.name}`;
  const begun = await ask(connection, what, { config, state }, within);
  if (isTaken(errorIn(begun))) return false;
  const { deliver_subject: target } = okOf(what, begun) as { deliver_subject?: unknown };
  if (typeof target !== 'string') throw unavailable(what, 'the reply names no subject');
  // Asked once each: the server counts the pieces, and forgets a copy that stands still.
  const send = async (piece: Uint8Array | string, timeout: Millis) => {
    try {
      return await connection.client.request(target, piece, { timeout });
    } catch (cause) {
      throw new Fault('store-unavailable', `the restore of ${config.name} stopped: ${cause}`, {
        ...{ cause, hint: 'begin the restore again' },
      });
    }
  };
  for await (const piece of pieces) {
    const { data } = await send(piece, Math.min(within, pieceWithin));
    if (data.length > 0) throw refusedCopy(config.name, new TextDecoder().decode(data));
  }
  const end = jsonOf(await send('', within));
  const error = errorIn(end as object);
  if (isTaken(error)) return false;
  if (error) throw refusedCopy(config.name, error.description);
  return true;
}

/** The stream exists: another process created it first. */
const isTaken = (error: JsError | undefined): boolean =>
  error?.err_code === code.nameExists || error?.err_code === code.restoredNameExists;

/** Asks once: a repeated request would begin a second copy. */
async function ask(
  connection: SupervisedConnection,
  what: string,
  request: object,
  within: Millis,
): Promise<object> {
  const reply: Reply = await connection.request(`$JS.API.${what}`, JSON.stringify(request), {
    within,
  });
  if (reply.kind !== 'received') throw unavailable(what, reply.why);
  const body = jsonOf(reply.msg);
  if (typeof body === 'object' && body !== null) return body;
  throw unavailable(what, 'the reply is not a JSON object');
}

function okOf(what: string, body: object): object {
  const error = errorIn(body);
  if (error === undefined) return body;
  throw apiFault(what, error);
}

const unavailable = (what: string, why: string): Fault =>
  new Fault('store-unavailable', `${what}: ${why}`);

const refusedCopy = (stream: string, why: string): Fault =>
  new Fault('checksum-wrong', `the server does not accept the copy of ${stream}: ${why}`, {
    hint: 'use another backup; a server of an older version may not read copies of a newer one',
  });
