import { compareRegistry } from '../domain/compare.ts';
import type { Divergence } from '../domain/divergence.ts';
import type { Entry } from '../domain/entry.ts';
import { allAgents, allInstances } from '../domain/keys.ts';
import { readEvent } from '../domain/recorded.ts';
import { type Millis, type Revision, seconds } from '../domain/time.ts';
import type { Audit } from '../ports/audit.ts';
import type { Clock } from '../ports/clock.ts';
import type { Keyframes } from '../ports/keyframes.ts';
import type { Registry } from '../ports/registry.ts';
import { type Checkpoint, type Notes, Verifier } from './verifier.ts';

/** A history that can be read: the audit stream, or a file that was exported from it. */
export type History = Pick<Audit, 'read' | 'range'>;

export interface VerifyOptions {
  /** Go on from here instead of from the beginning. */
  readonly from?: Checkpoint;
  readonly onDivergence: (divergence: Divergence) => void;
  readonly onProgress?: (done: Revision, of: Revision, verifier: Verifier) => void;
  readonly signal: AbortSignal;
}

export interface Verified {
  /** Where the history begins: above 1, it was trimmed. */
  readonly first: Revision;
  readonly last: Revision;
  readonly events: number;
  readonly divergences: number;
  readonly keyframes: number;
  readonly notes: Notes & {
    /** Sessions whose run is over and whose chain has no end: a tail that died with its process. */
    readonly lostTails: number;
  };
  readonly checkpoint: Checkpoint;
}

/** How long the audit may lag behind the registry, and the registry move, before they count as different. */
const settlesWithin: Millis = seconds(10);
const lookEvery: Millis = 250;

/**
 * Replays a whole history and compares what comes out with the registry as it stands.
 *
 * The registry moves meanwhile: what differs is looked at again, after what the audit has got since,
 * until it agrees or has not agreed for {@link settlesWithin}. Without a registry (a file) only the
 * history itself is checked.
 * @throws {Fault} `store-unavailable`
 */
export async function verify(
  history: History,
  ports: {
    readonly registry?: Registry;
    readonly keyframes?: Keyframes;
    readonly clock: Clock;
  },
  options: VerifyOptions,
): Promise<Verified> {
  let divergences = 0;
  const say = (divergence: Divergence) => {
    divergences += 1;
    options.onDivergence(divergence);
  };
  const verifier = new Verifier(say);
  const { first } = await history.range();
  const frames = new Set((await ports.keyframes?.list()) ?? []);
  await begin(verifier, first, frames, ports.keyframes, options);
  let keyframes = 0;
  const readOn = async () => {
    const { last } = await history.range();
    if (verifier.position.seq >= last) return;
    for await (const stored of history.read(verifier.position.seq + 1)) {
      verifier.take(readEvent(stored));
      if (frames.has(stored.seq) && ports.keyframes) {
        keyframes += 1;
        await checkKeyframe(verifier, ports.keyframes, say);
      }
      if (verifier.events % 1000 === 0) options.onProgress?.(stored.seq, last, verifier);
      if (options.signal.aborted) return;
    }
  };
  await readOn();
  if (ports.registry)
    await settle(verifier, ports.registry, ports.clock, readOn, say, options.signal);
  return {
    first,
    last: verifier.position.seq,
    events: verifier.events,
    divergences,
    keyframes,
    notes: { ...verifier.notes, lostTails: lostTails(verifier) },
    checkpoint: verifier.checkpoint(),
  };
}

/** From a checkpoint, from the keyframe before a trimmed beginning, or from the beginning. */
async function begin(
  verifier: Verifier,
  first: Revision,
  frames: ReadonlySet<Revision>,
  keyframes: Keyframes | undefined,
  { from }: VerifyOptions,
): Promise<void> {
  if (from && from.seq >= first - 1) return verifier.resume(from);
  if (first <= 1) return;
  const signed = [...frames].filter((seq) => seq >= first - 1).sort((a, b) => a - b)[0];
  if (signed === undefined || !keyframes) return verifier.beginTrimmed(first);
  verifier.resume(JSON.parse(await keyframes.get(signed)));
}

async function checkKeyframe(
  verifier: Verifier,
  keyframes: Keyframes,
  say: (divergence: Divergence) => void,
): Promise<void> {
  const { seq } = verifier.position;
  const kept: Checkpoint = JSON.parse(await keyframes.get(seq));
  const own = verifier.checkpoint();
  if (kept.digest !== own.digest) {
    say({ seq, entity: 'keyframe', check: 'keyframe', expected: own.digest, found: kept.digest });
  }
  const records = new Map(kept.records.map(({ entry }) => [entry.key, entry]));
  for (const divergence of compareRegistry(verifier.records, records)) {
    say({ ...divergence, check: 'keyframe', seq });
  }
}

async function settle(
  verifier: Verifier,
  registry: Registry,
  clock: Clock,
  readOn: () => Promise<void>,
  say: (divergence: Divergence) => void,
  signal: AbortSignal,
): Promise<void> {
  const until = clock.monotonic() + settlesWithin;
  for (;;) {
    const listed = await registry.list([allAgents, allInstances], 0);
    await readOn();
    const entries = new Map(listed.map((entry): [string, Entry] => [entry.key, entry]));
    const differing = compareRegistry(verifier.records, entries);
    if (differing.length === 0 || signal.aborted) return;
    if (clock.monotonic() >= until) {
      for (const divergence of differing) say(divergence);
      return;
    }
    await clock.sleep(lookEvery, signal);
  }
}

function lostTails(verifier: Verifier): number {
  const live = new Set([...verifier.records.values()].map(({ run }) => run));
  let lost = 0;
  for (const name of verifier.open.keys()) {
    const [, , run, entity] = name.split('.');
    if (entity === 'session' && run !== undefined && !live.has(run)) lost += 1;
  }
  return lost;
}
