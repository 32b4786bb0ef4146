import type { Msg, MsgHdrs } from '@nats-io/transport-node';
import { Fault } from '../../../domain/fault.ts';
import { readJson } from '../../../domain/json.ts';
import type { KeyValueEntry } from '../../../domain/records/stored-record.ts';
import type { Revision, WallTime } from '../../../domain/time.ts';
import type { BucketNames } from './subject-names.ts';

/** A message that a stream has stored. */
export interface StreamMessage {
  readonly subject: string;
  readonly seq: Revision;
  readonly text: string;
  /** When the stream stored it, by the clock of the stream's leader; NaN if the server did not tell. */
  readonly storedAt: WallTime;
  header(name: string): string | undefined;
}

/** The JSON of a message from any client; undefined if it is no JSON or nested too deeply (G12). */
export function jsonOf(msg: Msg): unknown {
  try {
    return readJson(msg.string());
  } catch (cause) {
    if (cause instanceof SyntaxError || cause instanceof Fault) return undefined;
    throw cause;
  }
}

/** The reply of the API's `STREAM.MSG.GET`. */
export interface ApiMessage {
  readonly subject: string;
  readonly seq: number;
  readonly hdrs?: string;
  readonly data?: string;
  readonly time?: string;
}

export function fromApi({ subject, seq, hdrs, data, time }: ApiMessage): StreamMessage {
  const lines = decode(hdrs).split('\r\n');
  return {
    subject,
    seq,
    text: decode(data),
    storedAt: Date.parse(time ?? ''),
    header: (name) =>
      lines
        .find((line) => line.startsWith(`${name}:`))
        ?.slice(name.length + 1)
        .trim(),
  };
}

const decode = (base64: string | undefined): string =>
  base64 === undefined ? '' : Buffer.from(base64, 'base64').toString('utf8');

/** Position of a delivered message in its stream and among the deliveries of its consumer. */
export interface DeliveryPosition {
  readonly seq: Revision;
  /** Counts deliveries: a gap means that a message was lost. */
  readonly delivery: number;
  /** When this stream stored it, by the clock of the stream's leader. */
  readonly storedAt: WallTime;
  /** How many further messages the consumer knew of. */
  readonly pending: number;
}

/**
 * Parses the reply subject of a delivery (`$JS.ACK…`). Newer servers insert domain and account before
 * the stream and append one token.
 */
export function parseDeliveryPosition(reply: string): DeliveryPosition {
  // Without strings for the parts: they would take a tenth of the time of reading a registry.
  let dots = 0;
  for (let at = reply.indexOf('.'); at >= 0; at = reply.indexOf('.', at + 1)) dots += 1;
  let at = -1;
  for (let token = dots === 8 ? 5 : 7; token > 0; token -= 1) at = reply.indexOf('.', at + 1);
  const seqEnd = endOfToken(reply, at);
  const deliveryEnd = endOfToken(reply, seqEnd);
  const timeEnd = endOfToken(reply, deliveryEnd);
  return {
    seq: countIn(reply, at + 1, seqEnd),
    delivery: countIn(reply, seqEnd + 1, deliveryEnd),
    storedAt: countIn(reply, deliveryEnd + 1, timeEnd - 6), // from nanoseconds
    pending: countIn(reply, timeEnd + 1, endOfToken(reply, timeEnd)),
  };
}

/** The number of these digits; NaN for anything else. */
function countIn(text: string, from: number, to: number): number {
  let count = 0;
  for (let at = from; at < to; at += 1) {
    const digit = text.charCodeAt(at) - 48;
    if (digit < 0 || digit > 9) return Number.NaN;
    count = count * 10 + digit;
  }
  return count;
}

/** Where the token behind this dot ends. */
function endOfToken(reply: string, dot: number): number {
  const end = reply.indexOf('.', dot + 1);
  return end < 0 ? reply.length : end;
}

/** A bucket's message as an entry. A removal, by this program or another tool, is an entry without text. */
export function entryOf(bucket: BucketNames, message: StreamMessage): KeyValueEntry {
  const key = message.subject.slice(bucket.prefix.length);
  const { seq: revision, text } = message;
  const removed = text === '' && isRemoval((name) => message.header(name));
  return { key, revision, text: removed ? undefined : text };
}

export function deliveredEntry(bucket: BucketNames, msg: Msg, revision: Revision): KeyValueEntry {
  const key = msg.subject.slice(bucket.prefix.length);
  // Only an empty message can be a removal. Do not parse 100 000 headers of the others: it is slow.
  const removed = msg.data.length === 0 && isRemoval(headerOf(msg.headers));
  if (!removed) return { key, revision, text: msg.string() };
  const { storedAt } = parseDeliveryPosition(msg.reply ?? '');
  return { key, revision, text: undefined, removedAt: storedAt };
}

const headerOf = (headers: MsgHdrs | undefined) => (name: string) =>
  headers?.get(name) || undefined;

/** DEL or PURGE of a KV tool, or the delete marker that a server writes where a stream enables them. */
function isRemoval(header: (name: string) => string | undefined): boolean {
  const operation = header('KV-Operation');
  return operation === 'DEL' || operation === 'PURGE' || header('Nats-Marker-Reason') !== undefined;
}
