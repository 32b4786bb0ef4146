import { z } from 'zod';
import { StateValue } from '../events/event-schema.ts';
import { readJson } from '../json.ts';

export const keyframeVersion = 1;

const place = z.number().int().nonnegative();
const hash = z.string().regex(/^[0-9a-f]{64}$/);

/** The first line of a keyframe: up to where it holds, and how many lines of each kind follow. */
export const KeyframeHead = z.object({
  v: z.literal(keyframeVersion),
  seq: place,
  origin: place,
  /** When the audit stored the last event that is in it. */
  at: place,
  /** How many events are in it. */
  events: place,
  /** Over the hashes of all of them, in their order. */
  digest: hash,
  /** The commit that the last events are of: see fold.ts. */
  commit: z.object({
    first: place,
    last: place,
    keys: z.array(z.tuple([z.string(), z.boolean()]).readonly()).readonly(),
  }),
  notes: z.object({ lost: place, unknownCharts: place }),
  open: place,
  loose: place,
  ended: place,
  forgetful: place,
  /** How many chains of processes were given up. */
  lost: place,
  predecessors: place,
  records: place,
});
export type KeyframeHead = z.infer<typeof KeyframeHead>;

/** Where a chain stands. */
const Chain = z.object({
  seq: place,
  n: place,
  hash,
  value: StateValue,
  context: z.unknown().optional(),
  done: z.boolean(),
  unsure: z.boolean().exactOptional(),
});

/** The last event of a chain that ended, for the one that may begin with it. */
const Predecessor = z.object({ hash, seq: place });

const Folded = z.object({
  run: z.string(),
  seq: place,
  entry: z.object({ key: z.string(), revision: place, text: z.string() }),
});

/** Every other line: a kind, a chain's name or a record's key, and what stands there. */
export type KeyframeLine =
  | readonly ['open', string, z.infer<typeof Chain>]
  | readonly ['loose', string, z.infer<typeof Chain>]
  | readonly ['ended', string, z.infer<typeof Chain>]
  | readonly ['predecessor', string, z.infer<typeof Predecessor>]
  /** A run of which chains that have ended are not in it. */
  | readonly ['forgetful', string, null]
  | readonly ['record', string, z.infer<typeof Folded>];

const chains = z.array(z.tuple([z.string(), Chain]));

/** Where a verification stands, in one document: what its own process wrote, and anybody may have changed. */
export const VerifierStateSchema = z.object({
  seq: place,
  origin: place,
  at: place,
  events: place,
  /** Empty: there was no event. */
  digest: z.union([hash, z.literal('')]),
  commit: KeyframeHead.shape.commit,
  notes: KeyframeHead.shape.notes,
  chains: z.object({
    open: chains,
    loose: chains,
    ended: chains,
    forgetful: z.array(z.string()),
    lost: place,
  }),
  predecessors: z.array(z.tuple([z.string(), Predecessor]).readonly()).readonly(),
  records: z.array(Folded).readonly(),
  trimmed: z.boolean().exactOptional(),
});

const Line = z.tuple([
  z.enum(['open', 'loose', 'ended', 'forgetful', 'predecessor', 'record']),
  z.string(),
  z.unknown(),
]);

/** @throws where it is no line of a keyframe */
export function readKeyframeLine(text: string): KeyframeLine {
  const [kind, name, value] = Line.parse(readJson(text));
  if (kind === 'forgetful') return [kind, name, z.null().parse(value)];
  if (kind === 'record') return [kind, name, Folded.parse(value)];
  if (kind === 'predecessor') return [kind, name, Predecessor.parse(value)];
  return [kind, name, Chain.parse(value)] as KeyframeLine;
}
