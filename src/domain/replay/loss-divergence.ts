import { lossNames, needsOperator, type StoreLoss } from '../store-history/store-loss.ts';
import type { Divergence } from './divergence.ts';

/** A loss that the history does not tell of, as a divergence that names the cause and the cure. */
export function lossDivergence(loss: StoreLoss): Divergence {
  const { kind, seq, kept, origin } = loss;
  return {
    seq,
    entity: needsOperator(loss) ? 'the audit' : 'the registry',
    check: 'store',
    expected: 'all that it had',
    found: `${lossNames[kind]}: it kept revision ${kept} of ${origin}; to record this: rollcall repair`,
  };
}
