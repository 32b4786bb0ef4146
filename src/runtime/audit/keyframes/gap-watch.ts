import { needsOperator } from '../../../domain/store-history/store-loss.ts';
import type { Ports } from '../../../ports/ports.ts';
import { type RecordedLoss, readKnownLosses } from '../verifier/recorded-losses.ts';
import { readSignatures } from './signed-keyframes.ts';

/**
 * The last gap of the audit: `recorded` is its event; `unrecorded`: the audit lost events, and no operator has
 * accepted that yet; undefined: it lost none that are known.
 * @throws {Fault} `store-unavailable`
 */
export async function latestGap({
  audit,
  hash,
}: Pick<Ports, 'audit' | 'hash'>): Promise<RecordedLoss | 'unrecorded' | undefined> {
  const { recorded, pending } = await readKnownLosses(audit, audit, hash);
  return pending.some(needsOperator) ? 'unrecorded' : recorded.findLast(needsOperator);
}

/**
 * Removes keyframes of lost events: those behind a gap that no later event of the present history signs. Their
 * sequences now belong to other events. An event that signed one can be left, at an earlier sequence.
 * @throws {Fault} `store-unavailable`
 */
export async function dropLostKeyframes(
  {
    audit,
    keyframes,
    hash,
    signatures: { check },
  }: Pick<Ports, 'audit' | 'keyframes' | 'hash' | 'signatures'>,
  { seq: gap }: Pick<RecordedLoss, 'seq'>,
): Promise<void> {
  const behind = (await keyframes.list()).filter((seq) => seq > gap);
  if (behind.length === 0) return;
  const signed = new Set<number>();
  for await (const { keyframe, seq } of readSignatures(audit, gap + 1, hash, check)) {
    if (seq > keyframe) signed.add(keyframe);
  }
  for (const seq of behind) if (!signed.has(seq)) await keyframes.drop(seq);
}
