import { type Hash, hashEvent } from '../../../domain/events/hash-chain.ts';
import { Fault } from '../../../domain/fault.ts';
import { readJson } from '../../../domain/json.ts';
import { formatParseError } from '../../../domain/records/schema-problems.ts';
import {
  KeyframeHead,
  type KeyframeLine,
  keyframeVersion,
  type RegistrySource,
  readKeyframeLine,
} from '../../../domain/replay/keyframe-format.ts';
import type { Revision } from '../../../domain/time.ts';
import type { Keyframes } from '../../../ports/keyframes.ts';
import type { Checkpoint } from '../verifier/checkpoint.ts';
import type { Verifier } from '../verifier/verifier.ts';

/** Length of a piece: some milliseconds of work. */
const pieceLength = 64 * 1024;

/**
 * Encodes the state of a verifier as text, line by line: the keyframe of a large fleet has a
 * hundred thousand lines and is never in memory as a whole.
 */
export class KeyframeEncoder {
  readonly #verifier: Verifier;
  readonly #hash: Hash;
  readonly #source: RegistrySource | undefined;
  #digest = '';
  #lines = 0;

  constructor(verifier: Verifier, hash: Hash = hashEvent, source?: RegistrySource) {
    this.#verifier = verifier;
    this.#hash = hash;
    this.#source = source;
  }

  /** The digest of everything read from {@link pieces}. */
  get digest(): string {
    return this.#digest;
  }

  /** Number of lines without the head. */
  get lines(): number {
    return this.#lines;
  }

  async *pieces(): AsyncGenerator<string, void, undefined> {
    let piece = '';
    for (const line of linesOf(this.#verifier, this.#source)) {
      const text = JSON.stringify(line);
      this.#digest = this.#hash(this.#digest + text);
      piece += `${text}\n`;
      this.#lines += 1;
      if (piece.length < pieceLength) continue;
      yield piece;
      piece = '';
    }
    this.#lines -= 1;
    yield piece;
  }
}

function* linesOf(
  verifier: Verifier,
  source: RegistrySource | undefined,
): Generator<KeyframeHead | KeyframeLine, void, undefined> {
  const { position, at, events, digest, commit, notes, chains, predecessors, records } = verifier;
  yield {
    v: keyframeVersion,
    ...position,
    at,
    events,
    digest,
    commit,
    notes: { lost: notes.lost, unknownCharts: notes.unknownCharts },
    open: chains.open.size,
    loose: chains.loose.size,
    ended: chains.ended.size,
    forgetful: chains.forgetful.size,
    lost: chains.lost,
    predecessors: predecessors.size,
    records: records.size,
    ...(source && { source }),
  };
  for (const [name, state] of chains.open) yield ['open', name, state];
  for (const [name, state] of chains.loose) yield ['loose', name, state];
  for (const [name, state] of chains.ended) yield ['ended', name, state];
  for (const run of chains.forgetful) yield ['forgetful', run, null];
  for (const [key, predecessor] of predecessors) yield ['predecessor', key, predecessor];
  for (const [key, record] of records) yield ['record', key, record];
}

/** Reads a keyframe: first its head, then its lines, in the end its digest. */
export class KeyframeDecoder implements AsyncDisposable {
  readonly seq: Revision;
  readonly #texts: AsyncGenerator<string, void, undefined>;
  readonly #hash: Hash;
  #digest = '';

  constructor(keyframes: Pick<Keyframes, 'get'>, seq: Revision, hash: Hash = hashEvent) {
    this.seq = seq;
    this.#texts = splitLines(keyframes.get(seq));
    this.#hash = hash;
  }

  /** The digest of all lines read so far. */
  get digest(): string {
    return this.#digest;
  }

  /** The first line. @throws {Fault} `store-unavailable`, `not-found`, `record-unreadable` */
  async head(): Promise<KeyframeHead> {
    const { value: text } = await this.#texts.next();
    const head = this.#read(text ?? '', (line) => KeyframeHead.parse(readJson(line)));
    if (head.seq !== this.seq) throw this.#unreadable(`it holds up to ${head.seq}`);
    return head;
  }

  /** The lines after the head, to the last. @throws {Fault} likewise */
  async *lines(head: KeyframeHead): AsyncGenerator<KeyframeLine, void, undefined> {
    const expectedLines = {
      open: head.open,
      loose: head.loose,
      ended: head.ended,
      forgetful: head.forgetful,
      predecessor: head.predecessors,
      record: head.records,
    };
    for await (const text of this.#texts) {
      const line = this.#read(text, readKeyframeLine);
      expectedLines[line[0]] -= 1;
      yield line;
    }
    for (const [kind, count] of Object.entries(expectedLines)) {
      if (count !== 0)
        throw this.#unreadable(
          `${Math.abs(count)} lines '${kind}' too ${count > 0 ? 'few' : 'many'}`,
        );
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#texts.return();
  }

  #read<T>(text: string, parse: (text: string) => T): T {
    this.#digest = this.#hash(this.#digest + text);
    try {
      return parse(text);
    } catch (cause) {
      throw this.#unreadable(formatParseError(cause), cause);
    }
  }

  #unreadable(why: string, cause?: unknown): Fault {
    return new Fault('record-unreadable', `keyframe ${this.seq}: ${why}`, { cause });
  }
}

/** A keyframe by its sequence, and the digest of its text. */
export interface KeyframeDigest {
  /** The sequence of the keyframe. */
  readonly keyframe: Revision;
  readonly digest: string;
}

/**
 * The keyframe that a collector signed; undefined if it is missing or has another digest.
 * @throws {Fault} `store-unavailable`
 */
export async function readKeyframe(
  keyframes: Pick<Keyframes, 'get'>,
  { keyframe, digest }: KeyframeDigest,
  hash?: Hash,
): Promise<Checkpoint | undefined> {
  await using decoder = new KeyframeDecoder(keyframes, keyframe, hash);
  try {
    const checkpoint = await checkpointFrom(decoder);
    return decoder.digest === digest ? checkpoint : undefined;
  } catch (cause) {
    if (!(cause instanceof Fault) || cause.code === 'store-unavailable') throw cause;
    return undefined;
  }
}

async function checkpointFrom(decoder: KeyframeDecoder): Promise<Checkpoint> {
  const head = await decoder.head();
  const open: Checkpoint['chains']['open'] = [];
  const loose: Checkpoint['chains']['loose'] = [];
  const ended: Checkpoint['chains']['ended'] = [];
  const forgetful: string[] = [];
  const predecessors: [string, Checkpoint['predecessors'][number][1]][] = [];
  const records: Checkpoint['records'][number][] = [];
  for await (const line of decoder.lines(head)) {
    if (line[0] === 'open') open.push([line[1], line[2]]);
    else if (line[0] === 'loose') loose.push([line[1], line[2]]);
    else if (line[0] === 'ended') ended.push([line[1], line[2]]);
    else if (line[0] === 'forgetful') forgetful.push(line[1]);
    else if (line[0] === 'predecessor') predecessors.push([line[1], line[2]]);
    else records.push(line[2]);
  }
  const { seq, origin, at, events, digest, commit, source } = head;
  const notes = { ...head.notes, unsignedEvents: 0, clocksApart: 0 };
  const chains = { open, loose, ended, forgetful, lost: head.lost };
  const state = { seq, origin, at, events, digest, commit, notes, chains, predecessors, records };
  return { ...state, ...(source && { source }) };
}

async function* splitLines(pieces: AsyncIterable<string>): AsyncGenerator<string, void, undefined> {
  let rest = '';
  for await (const piece of pieces) {
    const lines = (rest + piece).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  if (rest !== '') yield rest;
}
