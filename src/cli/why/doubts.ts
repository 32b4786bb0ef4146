import {
  defaultFlaps,
  type FlapCounts,
  flapsWithin,
  isFlapping,
} from '../../domain/policy/flaps.ts';
import type { WallTime } from '../../domain/time.ts';
import { formatAt, formatFor } from './phrases.ts';
import type { Doubt, RunLife } from './run-history.ts';

/** The doubts of an instance that are over, of the last 24 hours and since its registration. */
export const pastDoubts = (
  life: RunLife,
  registeredAt: WallTime,
  now: WallTime,
): readonly (Doubt & { readonly to: WallTime })[] =>
  life.doubts.flatMap((one) =>
    one.to !== undefined && one.to > Math.max(registeredAt, now - flapsWithin)
      ? [{ ...one, to: one.to }]
      : [],
  );

/** ` It was dubious 3 times in the last 24 h, last at 12:03:10 (2 min ago) for 4 s: …`; empty if it was not. */
export function doubtWords(doubts: ReturnType<typeof pastDoubts>, now: WallTime): string {
  const last = doubts.at(-1);
  if (!last) return '';
  const when = `${formatAt(last.from, now)} ${formatFor(last.from, last.to)}`;
  const why = `its agent was ${last.reason} (#${last.seq})`;
  return doubts.length === 1
    ? ` It was dubious ${when}: ${why}.`
    : ` It was dubious ${doubts.length} times in the last 24 h, the last time ${when}: ${why}.`;
}

/** ` It returned from suspicion or death 4 times in the last hour …`; empty for one return or none. */
export function flapWords(flaps: FlapCounts, allowed: number = defaultFlaps): string {
  if (flaps.day < 2) return '';
  const counts = ` It returned from suspicion or death ${flaps.hour} ${flaps.hour === 1 ? 'time' : 'times'} in the last hour and ${flaps.day} times in 24 h`;
  if (!isFlapping(flaps, allowed)) return `${counts}.`;
  return `${counts}, more than the ${allowed} in an hour of the policy: its host or the network is overloaded, its ttl is too short, or its process crashes.`;
}
