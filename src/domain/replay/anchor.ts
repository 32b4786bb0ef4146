import { z } from 'zod';
import {
  type CheckSignature,
  type Signer,
  splitSignature,
  withSignature,
} from '../events/signature.ts';
import { Actor } from '../identity/names.ts';
import { readJson } from '../json.ts';
import type { Revision, WallTime } from '../time.ts';

const anchorKind = 'rollcall anchor';

/**
 * The digest of a history at one moment, kept outside the store. An attacker who rewrites the history
 * afterwards cannot give it this digest.
 */
export const Anchor = z.looseObject({
  v: z.literal(1),
  kind: z.literal(anchorKind),
  namespace: z.string(),
  /** When the audit stream was created; null: unknown. */
  createdAt: z.number().int().nullable(),
  /** The last event that the digest includes, and how many events it includes. */
  seq: z.number().int().positive(),
  events: z.number().int().positive(),
  /** The digest over the hashes of all events up to `seq`, as in a keyframe. */
  digest: z.string().regex(/^[0-9a-f]{64}$/),
  /** Wall clock of the process that wrote it. */
  at: z.number().int(),
  by: Actor,
  key: z.string(),
  sig: z.string(),
});
export type Anchor = z.infer<typeof Anchor>;

/** How far a history was read, and the digest of all its events so far. */
export interface HistoryPosition {
  readonly seq: Revision;
  readonly events: number;
  readonly digest: string;
}

/** An anchor as one line of text, signed. */
export function anchorLine(
  { seq, events, digest }: HistoryPosition,
  about: {
    readonly namespace: string;
    readonly createdAt: WallTime | null;
    readonly at: WallTime;
    readonly by: Actor;
  },
  signer: Signer,
): string {
  const { namespace, createdAt, at, by } = about;
  const unsigned = JSON.stringify({
    ...{ v: 1, kind: anchorKind, namespace, createdAt },
    ...{ seq, events, digest, at, by, key: signer.key },
  });
  return withSignature(unsigned, signer);
}

/** Reads a line; a text is the reason why it is no anchor. */
export function parseAnchor(line: string, check: CheckSignature): Anchor | string {
  let value: unknown;
  try {
    value = readJson(line);
  } catch {
    return 'it is not JSON';
  }
  const parsed = Anchor.safeParse(value);
  if (!parsed.success) return 'it is not an anchor';
  const split = splitSignature(line);
  const { key, sig } = parsed.data;
  if (!split || split.sig !== sig || !check(key, split.unsigned, sig)) {
    return 'its signature does not fit: it was changed';
  }
  return parsed.data;
}
