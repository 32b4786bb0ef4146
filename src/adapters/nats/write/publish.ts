import { Fault, PublishRefused } from '../../../domain/fault.ts';
import type { Millis, Revision } from '../../../domain/time.ts';
import { backoff, sleep } from '../connection/backoff.ts';
import { code, errorIn, type Meaning, meaningOf } from '../connection/jetstream-errors.ts';
import { jsonOf } from '../connection/message.ts';
import { MissingStream } from '../connection/missing-stream.ts';
import { randomId } from '../connection/random-id.ts';
import type { Reply, SupervisedConnection } from '../connection/supervised-connection.ts';
import { EncodedHeaders } from './encoded-headers.ts';

/** A message for a stream. */
export interface OutgoingMessage {
  readonly subject: string;
  readonly text: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
}

export interface PublishOptions {
  /** It is only sent over the connection with this number, and else `unavailable`. */
  readonly generation?: number | undefined;
  /** How long to wait for the answer to what was sent, if that is longer than the time for all tries. */
  readonly answerWithin?: Millis | undefined;
  /** Ends the wait for the answer. */
  readonly signal?: AbortSignal | undefined;
}

type SendOptions = PublishOptions & { readonly within: Millis };

export type Published =
  /** The last message's sequence; the rest of a batch has the sequences before it, without a gap. */
  | { readonly kind: 'stored'; readonly seq: Revision }
  | { readonly kind: 'conflict' }
  /** Certainly not stored. */
  | { readonly kind: 'unavailable'; readonly why: string }
  /** Stored, not stored, or not yet stored. */
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
 * A write is not repeated with less time than this for its answer: it would often be unknown whether it was
 * stored, where it is known now that it was not.
 */
const leastForAnswer: Millis = 200;

/**
 * Stores one message, or several of them atomically.
 *
 * A write that was certainly not stored and may succeed later is repeated unchanged, with a random
 * delay, until the time is over: on three servers fences on one record reject each other (B11).
 *
 * @throws {Fault} `store-misconfigured`, `store-refused`: not stored, and a repetition would fail too
 */
export async function publish(
  connection: SupervisedConnection,
  messages: readonly OutgoingMessage[],
  within: Millis,
  options: PublishOptions = {},
): Promise<Published> {
  const { generation, answerWithin = 0, signal } = options;
  const until = performance.now() + within;
  for (let tries = 0; ; tries += 1) {
    const patience = Math.max(1, answerWithin, until - performance.now());
    const attempt = parseReply(
      await sendMessages(connection, messages, { ...options, within: patience }),
      messages.length,
    );
    if (attempt.kind === 'stored') return attempt;
    const { meaning, why } = attempt;
    if (meaning === 'conflict') return { kind: 'conflict' };
    if (meaning === 'unsure') return { kind: 'unknown', why };
    if (meaning === 'full') return { kind: 'unavailable', why };
    if (attempt.code === code.streamNotFound) throw new MissingStream(why);
    if (meaning !== 'again') {
      throw new Fault(meaning === 'refused' ? 'store-refused' : 'store-misconfigured', why);
    }
    if (attempt.code === code.batchIncomplete) await failIfRefused(connection, messages);
    // Each refused batch costs the server as many messages as one that it takes.
    const wait = backoff(tries, 2, attempt.code === code.tooManyBatches ? 1000 : 100);
    const isElsewhere = generation !== undefined && generation !== connection.generation;
    const isOver = isElsewhere || signal?.aborted === true;
    const left = until - performance.now();
    if (isOver || connection.client.isClosed() || left < wait + leastForAnswer) {
      return { kind: 'unavailable', why };
    }
    await sleep(wait);
  }
}

function sendMessages(
  connection: SupervisedConnection,
  messages: readonly OutgoingMessage[],
  options: SendOptions,
): Promise<Reply> {
  const last = messages.at(-1);
  if (last === undefined) throw new TypeError('nothing to publish');
  for (const message of messages) assertFits(connection, message);
  if (messages.length > 1) return requestBatch(connection, messages, last, options);
  const headers = new EncodedHeaders(...last.headers);
  return connection.request(last.subject, last.text, { ...options, headers });
}

/**
 * An atomic batch without the client's `startBatch`, which silently drops expectations and TTLs
 * (nats.js#434). All messages are sent in one flush; only the last one is acknowledged.
 */
function requestBatch(
  connection: SupervisedConnection,
  messages: readonly OutgoingMessage[],
  last: OutgoingMessage,
  options: SendOptions,
): Promise<Reply> {
  const id = randomId();
  const ofBatch = (index: number) =>
    [
      ['Nats-Batch-Id', id],
      ['Nats-Batch-Sequence', `${index + 1}`],
    ] as const;
  const before = messages.length - 1;
  const sendBefore = () => {
    for (let index = 0; index < before; index += 1) {
      const { subject, text, headers } = messages[index] as OutgoingMessage;
      connection.publish(subject, text, new EncodedHeaders(...headers, ...ofBatch(index)));
    }
  };
  const commit = ['Nats-Batch-Commit', '1'] as const;
  const headers = new EncodedHeaders(...last.headers, ...ofBatch(before), commit);
  return connection.request(last.subject, last.text, { ...options, headers, sendBefore });
}

interface Acknowledgement {
  readonly seq?: number;
  readonly count?: number;
}

function parseReply(reply: Reply, count: number): Attempt {
  const failed = (meaning: Meaning, why: string): Attempt => ({ kind: 'failed', meaning, why });
  if (reply.kind === 'not-sent') return failed('again', reply.why);
  if (reply.kind === 'timed-out') return failed('unsure', reply.why);
  const ack = (jsonOf(reply.msg) ?? {}) as Acknowledgement;
  const { seq, count: storedCount = 1 } = ack;
  const error = errorIn(ack);
  if (error !== undefined) {
    const why = `${error.description} (${error.err_code})`;
    return { ...failed(meaningOf(error), why), code: error.err_code } as Attempt;
  }
  if (typeof seq !== 'number' || storedCount !== count) {
    return failed('unsure', 'the acknowledgement has an unknown form');
  }
  return { kind: 'stored', seq };
}

/** The inner messages of a batch are not acknowledged: a refusal of one only shows as an incomplete batch. */
async function failIfRefused(
  connection: SupervisedConnection,
  messages: readonly OutgoingMessage[],
): Promise<void> {
  await new Promise((resolve) => setImmediate(resolve));
  const message = messages.find(({ subject }) => connection.refused(subject));
  if (message === undefined) return;
  throw new PublishRefused(
    'store-refused',
    `this connection may not publish to ${message.subject}`,
    {
      hint: 'docs/how-to/permissions.md lists the permissions that each role needs',
    },
  );
}

/** Called before a batch is begun: the server keeps an incomplete batch open for 10 s. */
function assertFits(connection: SupervisedConnection, message: OutgoingMessage): void {
  const { subject, text, headers } = message;
  const limit = connection.client.info?.max_payload ?? Number.POSITIVE_INFINITY;
  const overhead =
    400 + headers.reduce((sum, [name, value]) => sum + name.length + value.length, 0);
  if (text.length * 3 + overhead <= limit || Buffer.byteLength(text) + overhead <= limit) return;
  throw new Fault(
    'record-too-large',
    `the message to ${subject} is too large: this server accepts at most ${limit} bytes (max_payload)`,
    { hint: 'shorten the labels, or raise max_payload of the server' },
  );
}
