import { z } from 'zod';
import { shortReason } from '../records/schema-problems.ts';
import type { Revision } from '../time.ts';

/**
 * The kinds of errors in a history.
 *
 * - `stream`: a sequence is missing.
 * - `order`: events are not in the order in which they were written.
 * - `illegible`: a message cannot be read as an event.
 * - `subject`: an event is stored under the subject of another one.
 * - `author`: the author may not write this event.
 * - `signature`: the event is not signed with the key of its author, or events that share its signature are
 *   missing.
 * - `gap`: numbers of a chain are missing.
 * - `repeated`: a number of a chain occurs twice.
 * - `hash`: `prev` is not the hash of the previous event.
 * - `from`, `target`, `edges`: the machine takes another transition.
 * - `record`: the record in the event differs from the one that its chain implies.
 * - `end`: another chain owns the record, and this chain has no final event.
 * - `registry`: the registry differs from the projection of the events.
 * - `anchor`: the history was written anew or cut off since an anchor of it was made.
 * - `keyframe`: a keyframe differs from the projection of the events.
 * - `store`: registry or audit lost something that the history does not tell of.
 */
const Check = z.enum([
  'stream',
  'order',
  'illegible',
  'subject',
  'author',
  'signature',
  'gap',
  'repeated',
  'hash',
  'from',
  'target',
  'edges',
  'record',
  'end',
  'registry',
  'keyframe',
  'anchor',
  'store',
]);
export type Check = z.infer<typeof Check>;

/** One difference between a history and what it should contain, or between history and registry. */
export interface Divergence {
  /** Audit sequence of the event; 0 if no event explains it. */
  readonly seq: Revision;
  readonly entity: string;
  readonly check: Check;
  readonly expected: string;
  readonly found: string;
}

/** A divergence as it is reported: what it quotes of an event is cut. */
export const shortDivergence = (divergence: Divergence): Divergence => ({
  ...divergence,
  expected: shortReason(divergence.expected),
  found: shortReason(divergence.found),
});

/** Schema of a stored divergence. */
export const SavedDivergence: z.ZodType<Divergence> = z.object({
  seq: z.number(),
  entity: z.string(),
  check: Check,
  expected: z.string(),
  found: z.string(),
});
