import { type Divergence, shortDivergence } from '../../../domain/replay/divergence.ts';
import type { RegistrySource } from '../../../domain/replay/keyframe-format.ts';
import { LossTimeline } from '../../../domain/store-history/loss-timeline.ts';
import type { StoreLoss } from '../../../domain/store-history/store-loss.ts';
import type { Revision } from '../../../domain/time.ts';
import type { Ports } from '../../../ports/ports.ts';
import type { Checkpoint } from '../verifier/checkpoint.ts';
import { beginWithLosses } from '../verifier/take-with-losses.ts';
import { Verifier } from '../verifier/verifier.ts';
import { completeFromRegistry } from './complete-from-registry.ts';
import { verifyOn } from './verify-on.ts';

/** The state at the end of a history in which nothing diverges. */
interface VerifiedState {
  readonly verifier: Verifier;
  /** Set if the history has a gap behind which the registry tells the state. */
  readonly source?: RegistrySource | undefined;
}

/** What a history is verified with, from where. */
interface VerifiedHistory {
  /** The state to begin with; undefined: the first event. */
  readonly start: Checkpoint | undefined;
  /** The first event that the history still has. */
  readonly first: Revision;
  readonly losses: readonly StoreLoss[];
}

/**
 * The state at the end of the history, verified from `start` on.
 * @returns the reason if the state is not known; undefined if it was stopped, or the audit does not catch up
 * @throws {Fault} `store-unavailable`
 */
export async function verifiedState(
  ports: Pick<Ports, 'audit' | 'registry' | 'clock' | 'hash' | 'signatures'>,
  { start, first, losses: known }: VerifiedHistory,
  signal: AbortSignal,
): Promise<VerifiedState | Divergence | string | undefined> {
  const divergences: Divergence[] = [];
  const verifier = new Verifier(
    (divergence) => {
      // An `end` divergence means that the registry was edited once; the history itself is complete
      // and so is its result.
      if (divergence.check !== 'end') divergences.push(shortDivergence(divergence));
    },
    ports.hash,
    ports.signatures,
  );
  if (start) verifier.resume(start);
  const losses = new LossTimeline<Checkpoint>(known);
  beginWithLosses(verifier, losses);
  if (verifier.position.seq < first - 1)
    return `the history begins at ${first}, and no keyframe joins on to it`;
  const isFaulty = () => divergences.length > 0;
  const readOn = (passed?: Parameters<typeof verifyOn>[5]) =>
    verifyOn(ports, verifier, losses, isFaulty, signal, passed);
  if (!(await readOn())) return undefined;
  const faults = [...divergences, ...verifier.incompleteCommits];
  if (verifier.isWhole || faults.length > 0) return faults[0] ?? { verifier };
  const source = await completeFromRegistry(verifier, () => losses.gap, ports, readOn, signal);
  if (divergences[0] || !source) return divergences[0];
  return 'kind' in source ? { verifier, source } : source;
}
