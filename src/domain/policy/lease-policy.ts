import { z } from 'zod';
import { hours, type Millis, seconds } from '../time.ts';

/** Longest ttl and grace of a run. A record with a longer one is unreadable: its run would never be dead. */
export const longestLease: Millis = hours(24 * 30);

const wholeSeconds = (least: Millis) =>
  z
    .number()
    .int()
    .min(least, `at least ${least / 1000} s`)
    .max(longestLease, 'at most 30 days')
    .refine((ms) => ms % 1000 === 0, 'whole seconds: the server truncates the rest of a TTL');

/**
 * How long a run may be silent. Stored in its agent record, so that all collectors apply the same limits.
 *
 * `ttl`: the life of its lease; the default survives a leader change on a replicated stream, which
 * takes 4 to 10 s (measured, docs/adr/0001). `grace`: the minimum time from suspicion to expiry.
 */
export const LeasePolicy = z.lazy(() =>
  z.object({ ttl: wholeSeconds(seconds(2)), grace: wholeSeconds(seconds(1)) }),
);
export type LeasePolicy = z.infer<typeof LeasePolicy>;

export const defaultLease: LeasePolicy = { ttl: seconds(15), grace: seconds(30) };

/** Planned time between two renewals. Jitter only shortens it. */
export const renewEvery = (lease: LeasePolicy): Millis => lease.ttl / 3;

/** Maximum jitter as a fraction of `renewEvery`, which spreads a fleet's renewals. */
export const renewJitter = 0.1;

/**
 * Silence after which a run is pinged: its renewal interval plus an allowance for a busy server or a slow
 * event loop. A ping is cheap and decides nothing alone.
 */
export const lateAfter = (lease: LeasePolicy): Millis => renewEvery(lease) + 400;

/**
 * A lease whose revision does not change for this long, while an observer watches it, counts as absent.
 *
 * The server ends a lease by its own wall clock, so a lease may stay for hours after that clock was set back.
 * Its holder stops claiming it one ttl after it sent the last acknowledged renewal. The second ttl allows for
 * delays and for clocks that run at different rates.
 */
export const unmovedAfter = (ttl: Millis): Millis => 2 * ttl;

/** A collector that does not see its own seat's renewal for this long is blind (G6). */
export const blindAfter = (lease: LeasePolicy): Millis => renewEvery(lease) + seconds(1);

/**
 * A collector whose view of the registry received nothing for this long is blind (G6). A watch that works
 * receives something every second; a view of this age is stale for consumers too.
 */
export const viewBlindAfter = (lease: LeasePolicy): Millis =>
  Math.max(blindAfter(lease), seconds(5));

/** Minimum time for which an instance is a leftover before it is removed. */
export const leftoverAfter = (lease: LeasePolicy): Millis => lease.ttl + lease.grace;

/** TTL of tombstones. Longer than any gap after which a watch resumes instead of restarting. */
export const tombstoneTtl: Millis = hours(24);

/** The server accepts this many messages per batch. */
export const messagesPerBatch = 1000;
/** A removal is two messages. */
export const removalsPerBatch = 450;
