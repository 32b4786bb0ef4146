import { z } from 'zod';
import type { Revision } from '../time.ts';

/**
 * What a history can be wrong in.
 *
 * `stream`: a sequence is missing. `order`: events stand in another order than they were written.
 * `illegible`: no event. `subject`: stored where another event belongs. `author`: written by somebody
 * who may not. `gap`: numbers of a chain are missing. `repeated`: a number stands twice. `hash`: an
 * event is not the one that its successor was written after. `from`, `target`, `edges`: not what the
 * machine makes of it. `record`: the record in it is not its own. `end`: another chain has the record,
 * and this one never ended. `registry`: the registry is not what the events make it. `keyframe`: a keyframe is not what the events make it.
 */
const Check = z.enum([
  'stream',
  'order',
  'illegible',
  'subject',
  'author',
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
]);
export type Check = z.infer<typeof Check>;

/** One place where a history, or the registry, is not what the other says. */
export interface Divergence {
  /** The event's place in the audit; 0 where none explains it. */
  readonly seq: Revision;
  readonly entity: string;
  readonly check: Check;
  readonly expected: string;
  readonly found: string;
}

/** One that was written down, as it is read again. */
export const SavedDivergence: z.ZodType<Divergence> = z.object({
  seq: z.number(),
  entity: z.string(),
  check: Check,
  expected: z.string(),
  found: z.string(),
});
