import type { PurgeResponse } from '@nats-io/jetstream';
import { nuid } from '@nats-io/transport-node';
import { Fault } from '../../domain/fault.ts';
import type { Millis, Revision } from '../../domain/time.ts';
import type { Keyframes } from '../../ports/keyframes.ts';
import { askApi, expectOk } from './connection/jetstream-api.ts';
import type { BucketNames } from './connection/subject-names.ts';
import type { SupervisedConnection } from './connection/supervised-connection.ts';
import { readEntry } from './read/leader-read.ts';
import { takeSnapshot } from './read/snapshot.ts';
import { putOnce } from './write/put-once.ts';

/**
 * Characters of a chunk: three bytes each at most, and a third more where the API gives it back. A
 * message is 1 MB at most, unless somebody set the server otherwise.
 */
const chunkLength = 128 * 1024;

/** `frame.<seq>`, written last: whose chunks make the keyframe up, and how many there are. */
interface Head {
  readonly by: string;
  readonly chunks: number;
}

/**
 * Keyframes in a KV bucket, in chunks that the stream compresses.
 *
 * Not in an object store: the client's writes an object's last message as a rollup, so its stream must
 * allow them, and then whoever may write one subject of it can wipe all of it (B8); an object that
 * stands is replaced, not left; and it is read by a consumer that does not survive its server (B5).
 */
export function natsKeyframes(
  link: SupervisedConnection,
  bucket: BucketNames,
  within: Millis,
): Keyframes {
  const read = async (key: string) => (await readEntry(link, bucket, key, within)).text;
  const headOf = async (seq: Revision) => readHead(await read(frameKey(seq)));
  const drop = async (filter: string) => {
    const what = `STREAM.PURGE.${bucket.stream}`;
    const request = { filter: bucket.prefix + filter };
    expectOk(what, await askApi<PurgeResponse>(link, what, request, { within }));
  };
  return {
    async list() {
      const spec = { bucket, filters: [frameKey('*')], atLeast: 0, within };
      const { entries } = await takeSnapshot(link, spec);
      return entries
        .filter(({ text }) => text !== undefined)
        .map(({ key }) => Number(key.slice(frameKey('').length)))
        .filter(Number.isSafeInteger)
        .sort((a, b) => a - b);
    },

    async *get(seq) {
      const head = await headOf(seq);
      if (!head) throw new Fault('not-found', `there is no keyframe ${seq}`);
      if (head === 'unreadable') {
        throw new Fault('record-unreadable', `keyframe ${seq}: its head is none of ours`);
      }
      for (let n = 1; n <= head.chunks; n += 1) {
        const text = await read(chunkKey(seq, head.by, n));
        if (text === undefined) throw new Fault('not-found', `keyframe ${seq} lacks chunk ${n}`);
        yield text;
      }
    },

    async put(seq, text) {
      // Whoever keeps another one at the same place does not write into our chunks.
      const by = nuid.next();
      let chunks = 0;
      for await (const chunk of chunksOf(text)) {
        chunks += 1;
        // Nobody else's: written twice it is the same.
        await putOnce(
          link,
          { subject: bucket.prefix + chunkKey(seq, by, chunks), text: chunk },
          within,
        );
      }
      const head: Head = { by, chunks };
      const subject = bucket.prefix + frameKey(seq);
      await putOnce(link, { subject, text: JSON.stringify(head), first: true }, within);
      const stands = await headOf(seq);
      if (typeof stands === 'object' && stands.by === by) return 'kept';
      await drop(chunkKey(seq, by, '*'));
      return 'already';
    },

    async drop(seq) {
      await drop(frameKey(seq));
      await drop(chunkKey(seq, '*', '*'));
    },
  };
}

/** As it stands there, whoever wrote it (G12); its chunks are under a key that a key can hold. */
function readHead(text: string | undefined): Head | 'unreadable' | undefined {
  if (text === undefined) return undefined;
  try {
    const { by, chunks } = (JSON.parse(text) ?? {}) as Readonly<Record<keyof Head, unknown>>;
    const ours = typeof by === 'string' && /^[A-Za-z0-9]+$/.test(by);
    return ours && Number.isSafeInteger(chunks) ? { by, chunks: Number(chunks) } : 'unreadable';
  } catch (cause) {
    if (cause instanceof SyntaxError) return 'unreadable';
    throw cause;
  }
}

const frameKey = (seq: Revision | string): string => `frame.${seq}`;
const chunkKey = (seq: Revision, by: string, n: number | string): string =>
  `chunk.${seq}.${by}.${n}`;

/** The text cut anew; never between the two halves of a character, which no encoding brings back. */
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
