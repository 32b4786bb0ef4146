import { headers, type MsgHdrs, nuid } from '@nats-io/transport-node';
import { Fault } from '../../../domain/fault.ts';
import type { Millis, Revision } from '../../../domain/time.ts';
import { backoff, sleep } from '../connection/backoff.ts';
import { code, errorIn, type Meaning, meaningOf } from '../connection/jetstream-errors.ts';
import { jsonOf } from '../connection/message.ts';
import type { Reply, SupervisedConnection } from '../connection/supervised-connection.ts';

/** A message for a stream. */
export interface Message {
  readonly subject: string;
  readonly text: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
}

export type Published =
  /** The last message's sequence; those of a batch are the ones right before it, without a gap. */
  | { readonly kind: 'stored'; readonly seq: Revision }
  | { readonly kind: 'conflict' }
  /** Surely not stored. */
  | { readonly kind: 'unavailable'; readonly why: string }
  /** Stored, or not, or still to be stored. */
  | { readonly kind: 'unknown'; readonly why: string };

type Attempt =
  | { readonly kind: 'stored'; readonly seq: Revision }
  | {
      readonly kind: 'failed';
      readonly meaning: Meaning;
      readonly why: string;
      readonly code?: number;
    };

/**
 * Stores one message, or several together or not at all, and says for sure what it knows.
 *
 * What was surely not stored and may pass in a moment is tried again as it is, with a random pause,
 * until the time is over: fences on one record refuse each other on three servers (B11).
 * @throws {Fault} `store-misconfigured`, `store-refused`: not stored, and trying again is no use
 */
export async function publish(
  link: SupervisedConnection,
  messages: readonly Message[],
  within: Millis,
): Promise<Published> {
  const until = performance.now() + within;
  for (let tries = 0; ; tries += 1) {
    const left = until - performance.now();
    const attempt = read(await send(link, messages, Math.max(1, left)), messages.length);
    if (attempt.kind === 'stored') return attempt;
    const { meaning, why } = attempt;
    if (meaning === 'conflict') return { kind: 'conflict' };
    if (meaning === 'unsure') return { kind: 'unknown', why };
    if (meaning === 'full') return { kind: 'unavailable', why };
    if (meaning !== 'again') {
      throw new Fault(meaning === 'refused' ? 'store-refused' : 'store-misconfigured', why);
    }
    if (attempt.code === code.batchIncomplete) await failIfRefused(link, messages);
    const wait = backoff(tries, 2, 100);
    if (link.connection.isClosed() || performance.now() + wait >= until) {
      return { kind: 'unavailable', why };
    }
    await sleep(wait);
  }
}

function send(
  link: SupervisedConnection,
  messages: readonly Message[],
  within: Millis,
): Promise<Reply> {
  const last = messages.at(-1);
  if (last === undefined) throw new TypeError('nothing to publish');
  for (const message of messages) assertFits(link, message);
  if (messages.length > 1) return askBatch(link, messages, last, within);
  return link.request(last.subject, last.text, { within, headers: headersOf(last) });
}

/**
 * An atomic batch by hand: the client's own `startBatch` drops expectations and TTLs without a word
 * (nats.js#434). All of it goes out in one flush and only the last message is answered.
 */
function askBatch(
  link: SupervisedConnection,
  messages: readonly Message[],
  last: Message,
  within: Millis,
): Promise<Reply> {
  // Whoever knows the id could add messages to the batch.
  const id = nuid.next();
  const first = () => {
    for (const [index, message] of messages.slice(0, -1).entries()) {
      const own = headersOf(
        message,
        ['Nats-Batch-Id', id],
        ['Nats-Batch-Sequence', `${index + 1}`],
      );
      link.publish(message.subject, message.text, own);
    }
  };
  const commit = headersOf(
    last,
    ['Nats-Batch-Id', id],
    ['Nats-Batch-Sequence', `${messages.length}`],
    ['Nats-Batch-Commit', '1'],
  );
  return link.request(last.subject, last.text, { within, headers: commit, first });
}

function headersOf(message: Message, ...more: (readonly [string, string])[]): MsgHdrs {
  const all = headers();
  for (const [name, value] of message.headers) all.set(name, value);
  for (const [name, value] of more) all.set(name, value);
  return all;
}

interface Acknowledgement {
  readonly seq?: number;
  readonly count?: number;
}

function read(reply: Reply, count: number): Attempt {
  const failed = (meaning: Meaning, why: string): Attempt => ({ kind: 'failed', meaning, why });
  if (reply.kind === 'not-sent') return failed('again', reply.why);
  if (reply.kind === 'timed-out') return failed('unsure', reply.why);
  const said = (jsonOf(reply.msg) ?? {}) as Acknowledgement;
  const { seq, count: counted = 1 } = said;
  const error = errorIn(said);
  if (error !== undefined) {
    const why = `${error.description} (${error.err_code})`;
    return { ...failed(meaningOf(error), why), code: error.err_code } as Attempt;
  }
  if (typeof seq !== 'number' || counted !== count)
    return failed('unsure', 'an unknown acknowledgement');
  return { kind: 'stored', seq };
}

/** An inner message has no answer of its own: a refusal of it is only seen as a batch with a hole. */
async function failIfRefused(
  link: SupervisedConnection,
  messages: readonly Message[],
): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  const message = messages.find(({ subject }) => link.refused(subject));
  if (message === undefined) return;
  throw new Fault('store-refused', `this connection may not publish to ${message.subject}`, {
    hint: 'docs/operations.md lists what each role must be allowed to do',
  });
}

/** Before the first message of a batch is sent: a batch that is never finished holds a slot for 10 s. */
function assertFits(link: SupervisedConnection, { subject, text, headers: own }: Message): void {
  const most = link.connection.info?.max_payload ?? Number.POSITIVE_INFINITY;
  const room = 400 + own.reduce((sum, [name, value]) => sum + name.length + value.length, 0);
  if (text.length * 3 + room <= most || Buffer.byteLength(text) + room <= most) return;
  throw new Fault('store-refused', `${subject}: too large, the server takes ${most} bytes`);
}
