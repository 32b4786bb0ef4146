import { z } from 'zod';
import { StateValue } from '../events/event-schema.ts';
import { readJson } from '../json.ts';

export const keyframeVersion = 1;

const count = z.number().int().nonnegative();
const hash = z.string().regex(/^[0-9a-f]{64}$/);

/**
 * Where the state of a keyframe comes from if not from the events alone: behind events that the audit lost,
 * the records that no later event changed are those of the registry.
 */
export const RegistrySource = z.object({
  kind: z.literal('registry'),
  /** The state is that of the registry at this revision. */
  revision: count,
  /** The audit's last event before the lost ones, by its sequence; 0: none. */
  after: count,
});
export type RegistrySource = z.infer<typeof RegistrySource>;

/** The first line of a keyframe: its last event, and how many lines of each kind follow. */
export const KeyframeHead = z.object({
  v: z.literal(keyframeVersion),
  seq: count,
  origin: count,
  /** When the audit stored the last included event. */
  at: count,
  /** Number of included events. */
  events: count,
  /** Digest over the hashes of all included events in order. */
  digest: hash,
  /** The commit of the last events: see fold.ts. */
  commit: z.object({
    first: count,
    last: count,
    keys: z.array(z.tuple([z.string(), z.boolean()]).readonly()).readonly(),
  }),
  notes: z.object({ lost: count, unknownCharts: count }),
  open: count,
  loose: count,
  ended: count,
  forgetful: count,
  /** Number of process chains that were dropped. */
  lost: count,
  predecessors: count,
  records: count,
  source: RegistrySource.exactOptional(),
});
export type KeyframeHead = z.infer<typeof KeyframeHead>;

/** The state of a chain. */
const Chain = z.object({
  seq: count,
  n: count,
  hash,
  value: StateValue,
  context: z.unknown().optional(),
  done: z.boolean(),
  unsure: z.boolean().exactOptional(),
  /** Of a process that wrote this chain itself: its public key; null: it does not sign. */
  key: z.string().nullable().exactOptional(),
});

/** The last event of an ended chain, for a chain that may begin with its hash. */
const Predecessor = z.object({ hash, seq: count });

/** The key of an actor without a chain of its own so far, and the event where it was first seen. */
const Claim = z.object({ key: z.string().nullable(), seq: count });

export const RecordUpdateSchema = z.object({
  run: z.string(),
  seq: count,
  entry: z.object({ key: z.string(), revision: count, text: z.string() }),
});

/** Each other line: its kind, a chain's name or a record's key, and the value. */
export type KeyframeLine =
  | readonly ['open', string, z.infer<typeof Chain>]
  | readonly ['loose', string, z.infer<typeof Chain>]
  | readonly ['ended', string, z.infer<typeof Chain>]
  | readonly ['predecessor', string, z.infer<typeof Predecessor>]
  /** A run with ended chains that are not included. */
  | readonly ['forgetful', string, null]
  | readonly ['record', string, z.infer<typeof RecordUpdateSchema>];

const chains = z.array(z.tuple([z.string(), Chain]));

/** The saved state of a verification. Anyone may have edited the file, so it is parsed strictly. */
export const VerifierStateSchema = z.object({
  seq: count,
  origin: count,
  at: count,
  events: count,
  /** Empty without any event. */
  digest: z.union([hash, z.literal('')]),
  commit: KeyframeHead.shape.commit,
  notes: KeyframeHead.shape.notes.extend({
    unsignedEvents: count.default(0),
    clocksApart: count.default(0),
  }),
  claims: z
    .array(z.tuple([z.string(), Claim]).readonly())
    .readonly()
    .exactOptional(),
  chains: z.object({
    open: chains,
    loose: chains,
    ended: chains,
    forgetful: z.array(z.string()),
    lost: count,
  }),
  predecessors: z.array(z.tuple([z.string(), Predecessor]).readonly()).readonly(),
  records: z.array(RecordUpdateSchema).readonly(),
  trimmed: z.boolean().exactOptional(),
  partialDigest: z.boolean().exactOptional(),
});

const Line = z.tuple([
  z.enum(['open', 'loose', 'ended', 'forgetful', 'predecessor', 'record']),
  z.string(),
  z.unknown(),
]);

/** Parses a line after the first. @throws if it is not a valid line */
export function readKeyframeLine(text: string): KeyframeLine {
  const [kind, name, value] = Line.parse(readJson(text));
  if (kind === 'forgetful') return [kind, name, z.null().parse(value)];
  if (kind === 'record') return [kind, name, RecordUpdateSchema.parse(value)];
  if (kind === 'predecessor') return [kind, name, Predecessor.parse(value)];
  return [kind, name, Chain.parse(value)] as KeyframeLine;
}
