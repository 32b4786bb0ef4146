import type { AuditEvent, StateValue } from './event-schema.ts';

/** What a transition of a run means for its instances: they become dubious for a reason, or no longer are. */
export type OwnerDoubt =
  | { readonly kind: 'begins'; readonly reason: string }
  | { readonly kind: 'ends' };

/** Whether a state of a run is that of a suspect one, which can still come back. */
export function isSuspect(state: StateValue | null): boolean {
  const present = typeof state === 'object' ? state?.['present'] : undefined;
  return typeof present === 'object' && present['sight'] === 'suspect';
}

/** A run in this state is not known to be live: what it owns is dubious. */
const isInDoubt = (state: StateValue | null): boolean =>
  isSuspect(state) || state === 'expired' || state === 'superseded';

/**
 * What a transition of a run means for what it owns. Undefined: nothing, or the end of the run, after which its
 * instances end or are adopted by events of their own.
 */
export function ownerDoubt({
  of,
  event,
  from,
  to,
}: Pick<AuditEvent, 'of' | 'event' | 'from' | 'to'>): OwnerDoubt | undefined {
  if (of.entity !== 'run' || isInDoubt(from) === isInDoubt(to)) return undefined;
  if (!isInDoubt(to)) return typeof to === 'object' ? { kind: 'ends' } : undefined;
  const reason = event['reason'];
  if (typeof reason === 'string') return { kind: 'begins', reason };
  return { kind: 'begins', reason: to === 'superseded' ? 'superseded' : 'silent' };
}
