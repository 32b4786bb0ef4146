import type { PurgeResponse } from '@nats-io/jetstream';
import { Fault } from '../../domain/fault.ts';
import type { Millis, Revision } from '../../domain/time.ts';
import type { Keyframes } from '../../ports/keyframes.ts';
import { askApi, expectOk } from './connection/jetstream-api.ts';
import { randomId } from './connection/random-id.ts';
import type { BucketNames } from './connection/subject-names.ts';
import type { SupervisedConnection } from './connection/supervised-connection.ts';
import { readEntry } from './read/leader-read.ts';
import { takeSnapshot } from './read/snapshot.ts';
import { putOnce } from './write/put-once.ts';

/**
 * Characters per chunk. A character has at most three bytes, and the API's base64 adds a third. By
 * default the server limits a message to 1 MB.
 */
const chunkLength = 128 * 1024;

/** Value of `frame.<seq>`, which is written last: the writer and the number of the keyframe's chunks. */
interface Head {
  readonly by: string;
  readonly chunks: number;
}

/**
 * Keyframes in a KV bucket, in chunks.
 *
 * Not in the client's object store: it writes an object's last message as a rollup, so its stream must
 * allow rollups, and then a client that may write one subject can delete the whole stream (B8). It also
 * replaces an existing object, and reads with a consumer that does not survive its server (B5).
 */
export function natsKeyframes(
  connection: SupervisedConnection,
  bucket: BucketNames,
  within: Millis,
): Keyframes {
  const read = async (key: string) => (await readEntry(connection, bucket, key, within)).text;
  const headOf = async (seq: Revision) => readHead(await read(frameKey(seq)));
  const drop = async (filter: string) => {
    const what = `STREAM.PURGE.${bucket.stream}`;
    const request = { filter: bucket.prefix + filter };
    expectOk(what, await askApi<PurgeResponse>(connection, what, request, { within }));
  };
  return {
    async list() {
      const spec = { bucket, filters: [frameKey('*')], atLeast: 0, within };
      const { entries } = await takeSnapshot(connection, spec);
      return entries
        .filter(({ text }) => text !== undefined)
        .map(({ key }) => Number(key.slice(frameKey('').length)))
        .filter(Number.isSafeInteger)
        .sort((a, b) => a - b);
    },

    async *get(seq) {
      const head = await headOf(seq);
      if (!head) throw new Fault('not-found', `keyframe ${seq} does not exist`);
      if (head === 'unreadable') {
        throw new Fault('record-unreadable', `the head of keyframe ${seq} has an unknown form`);
      }
      for (let n = 1; n <= head.chunks; n += 1) {
        const text = await read(chunkKey(seq, head.by, n));
        if (text === undefined)
          throw new Fault('not-found', `chunk ${n} of keyframe ${seq} is missing`);
        yield text;
      }
    },

    async put(seq, text) {
      // Another writer of the same keyframe has another id, so neither writes into the other's chunks.
      const by = randomId();
      let chunks = 0;
      for await (const chunk of chunksOf(text)) {
        chunks += 1;
        await putOnce(
          connection,
          { subject: bucket.prefix + chunkKey(seq, by, chunks), text: chunk },
          within,
        );
      }
      const head: Head = { by, chunks };
      const subject = bucket.prefix + frameKey(seq);
      await putOnce(connection, { subject, text: JSON.stringify(head), onlyNew: true }, within);
      const storedHead = await headOf(seq);
      if (typeof storedHead === 'object' && storedHead.by === by) return 'kept';
      await drop(chunkKey(seq, by, '*'));
      return 'already';
    },

    async drop(seq) {
      await drop(frameKey(seq));
      await drop(chunkKey(seq, '*', '*'));
    },
  };
}

/** Parses a head that any client may have written (G12). `by` must be usable in a key. */
function readHead(text: string | undefined): Head | 'unreadable' | undefined {
  if (text === undefined) return undefined;
  try {
    const { by, chunks } = (JSON.parse(text) ?? {}) as Readonly<Record<keyof Head, unknown>>;
    const isWriterId = typeof by === 'string' && /^[A-Za-z0-9]+$/.test(by);
    return isWriterId && Number.isSafeInteger(chunks)
      ? { by, chunks: Number(chunks) }
      : 'unreadable';
  } catch (cause) {
    if (cause instanceof SyntaxError) return 'unreadable';
    throw cause;
  }
}

const frameKey = (seq: Revision | string): string => `frame.${seq}`;
const chunkKey = (seq: Revision, by: string, n: number | string): string =>
  `chunk.${seq}.${by}.${n}`;

/** Cuts the text into chunks, never between the two halves of a surrogate pair. */
async function* chunksOf(text: AsyncIterable<string>): AsyncGenerator<string, void, undefined> {
  let rest = '';
  for await (const piece of text) {
    rest += piece;
    while (rest.length > chunkLength) {
      const end = isHighSurrogate(rest.charCodeAt(chunkLength - 1)) ? chunkLength - 1 : chunkLength;
      yield rest.slice(0, end);
      rest = rest.slice(end);
    }
  }
  if (rest !== '') yield rest;
}

const isHighSurrogate = (unit: number): boolean => unit >= 0xd800 && unit < 0xdc00;
