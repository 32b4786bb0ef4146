import type { Msg, MsgHdrs } from '@nats-io/transport-node';
import { Fault } from '../../../domain/fault.ts';
import { readJson } from '../../../domain/json.ts';
import type { KeyValueEntry } from '../../../domain/records/stored-record.ts';
import type { Revision, WallTime } from '../../../domain/time.ts';
import type { BucketNames } from './subject-names.ts';

/** A message as a stream holds it. */
export interface StreamMessage {
  readonly subject: string;
  readonly seq: Revision;
  readonly text: string;
  header(name: string): string | undefined;
}

/** What somebody answered, whoever it was; undefined: no JSON, or deeper than any of ours (G12). */
export function jsonOf(msg: Msg): unknown {
  try {
    return readJson(msg.string());
  } catch (cause) {
    if (cause instanceof SyntaxError || cause instanceof Fault) return undefined;
    throw cause;
  }
}

/** As the API's `STREAM.MSG.GET` answers. */
export interface ApiMessage {
  readonly subject: string;
  readonly seq: number;
  readonly hdrs?: string;
  readonly data?: string;
}

export function fromApi({ subject, seq, hdrs, data }: ApiMessage): StreamMessage {
  const lines = decode(hdrs).split('\r\n');
  return {
    subject,
    seq,
    text: decode(data),
    header: (name) =>
      lines
        .find((line) => line.startsWith(`${name}:`))
        ?.slice(name.length + 1)
        .trim(),
  };
}

const decode = (base64: string | undefined): string =>
  base64 === undefined ? '' : Buffer.from(base64, 'base64').toString('utf8');

/** Where a delivered message stands in its stream and in what its consumer delivers. */
export interface DeliveryPosition {
  readonly seq: Revision;
  /** Counts deliveries: a jump means that one was lost on the way. */
  readonly delivery: number;
  /** When this stream stored it, by its leader's clock. */
  readonly storedAt: WallTime;
  /** How many more the consumer knew of. */
  readonly pending: number;
}

/** Newer servers put the domain and the account before the stream, and one token after all of it. */
export function placeOf(reply: string): DeliveryPosition {
  const tokens = reply.split('.');
  const at = tokens.length === 9 ? 5 : 7;
  return {
    seq: Number(tokens[at]),
    delivery: Number(tokens[at + 1]),
    storedAt: Math.floor(Number(tokens[at + 2]) / 1e6), // from nanoseconds
    pending: Number(tokens[at + 3]),
  };
}

/** A message of a bucket as an entry; a removal, by whatever tool, is an entry without text. */
export function entryOf(bucket: BucketNames, message: StreamMessage): KeyValueEntry {
  const key = message.subject.slice(bucket.prefix.length);
  const { seq: revision, text } = message;
  const removed = text === '' && isRemoval((name) => message.header(name));
  return { key, revision, text: removed ? undefined : text };
}

export function deliveredEntry(bucket: BucketNames, msg: Msg, revision: Revision): KeyValueEntry {
  const key = msg.subject.slice(bucket.prefix.length);
  // Only an empty message may be a removal: reading 100 000 headers for nothing is what takes time.
  const removed = msg.data.length === 0 && isRemoval(headerOf(msg.headers));
  return { key, revision, text: removed ? undefined : msg.string() };
}

const headerOf = (headers: MsgHdrs | undefined) => (name: string) =>
  headers?.get(name) || undefined;

/** A KV tool's DEL or PURGE, or the marker that a server leaves where a stream asks for markers. */
function isRemoval(header: (name: string) => string | undefined): boolean {
  const operation = header('KV-Operation');
  return operation === 'DEL' || operation === 'PURGE' || header('Nats-Marker-Reason') !== undefined;
}
