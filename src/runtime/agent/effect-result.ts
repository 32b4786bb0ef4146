import type { SessionEvent } from '../../../machines/session.ts';
import type { OwnershipLost } from './owned-records.ts';

/** The result of an effect; undefined: the effect was stopped. */
export type EffectResult =
  | SessionEvent
  | OwnershipLost
  | 'reconciled'
  | 'suspected'
  | 'regranted'
  | 'lapsed'
  | 'left'
  | undefined;

/** The event that reports a result to the session machine; none if the effect was stopped. */
export function eventOfResult(result: EffectResult): SessionEvent | undefined {
  if (result === undefined || result === 'lapsed') return undefined; // the lease keeper reports a lapse
  if (typeof result === 'string') return { type: result };
  return 'ended' in result ? { type: 'ended', cause: result.ended } : result;
}
