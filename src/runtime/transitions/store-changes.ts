import type { ChainRef } from '../../domain/events/event-schema.ts';
import { RunId } from '../../domain/identity/names.ts';
import { type LossKind, lossKinds, type StoreLoss } from '../../domain/store-history/store-loss.ts';
import type { EventWrite } from '../../ports/registry.ts';
import { store } from './machine-set.ts';
import { MemoizedMachine } from './memoized-transition.ts';
import { type Author, chainEvent, transitionOrThrow } from './record-change.ts';
import { sealAlone } from './seal-changes.ts';
import { initialTransition } from './transition.ts';

const machine = new MemoizedMachine(store);

/**
 * The event that records a loss. Its subject follows from the loss alone, so that of several processes
 * that record it one does.
 */
export function lossEvent(author: Author, loss: StoreLoss): EventWrite {
  const { kind, ...facts } = loss;
  const of: ChainRef = { entity: 'store', run: lossId(loss) };
  const event = { type: kind, ...facts };
  const step = transitionOrThrow(machine, initialTransition(store).to, event);
  const position = { of, n: 1, prev: null };
  const recorded = chainEvent(author, position, machine.compiled, step, event, null, {});
  return sealAlone(author, recorded).write;
}

/** An id that no other loss has: kind, sequence and revision in base 36. */
function lossId({ kind, seq, origin }: StoreLoss): RunId {
  const number = lossKinds.indexOf(kind satisfies LossKind);
  return RunId.parse(`loss${number}x${seq.toString(36)}x${origin.toString(36)}`);
}
