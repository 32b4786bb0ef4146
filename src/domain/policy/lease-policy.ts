import { z } from 'zod';
import { hours, type Millis, seconds } from '../time.ts';

const wholeSeconds = (least: Millis) =>
  z
    .number()
    .int()
    .min(least, `at least ${least / 1000} s`)
    .max(hours(24 * 30), 'at most 30 days')
    .refine((ms) => ms % 1000 === 0, 'whole seconds: the server truncates the rest of a TTL');

/**
 * How long a run may be silent. Kept in its agent record, so every collector judges it alike.
 *
 * `ttl`: the life of its lease; the default survives a leader change on a replicated stream, which
 * takes 4 to 10 s (measured, docs/adr/0001). `grace`: how long a suspicion stands before it may
 * become an expiry.
 */
export const LeasePolicy = z.object({
  ttl: wholeSeconds(seconds(2)),
  grace: wholeSeconds(seconds(1)),
});
export type LeasePolicy = z.infer<typeof LeasePolicy>;

export const defaultLease: LeasePolicy = { ttl: seconds(15), grace: seconds(30) };

/** The planned time between two renewals; the jitter only ever shortens it. */
export const renewEvery = (lease: LeasePolicy): Millis => lease.ttl / 3;

/** How much of `renewEvery` the jitter may take away, so that a fleet's renewals spread out. */
export const renewJitter = 0.1;

/**
 * From here on a renewal is late enough to probe the run: its interval, plus the time that a busy
 * server or a slow loop takes. A probe is cheap and decides nothing alone.
 */
export const lateAfter = (lease: LeasePolicy): Millis => renewEvery(lease) + 400;

/** Longer than this without its own seat's renewal, a collector is blind (G6). */
export const blindAfter = (lease: LeasePolicy): Millis => renewEvery(lease) + seconds(1);

/** How long an instance must have been a leftover before it is removed. */
export const leftoverAfter = (lease: LeasePolicy): Millis => lease.ttl + lease.grace;

/** Tombstones outlive the longest absence after which a watcher resumes instead of starting over. */
export const tombstoneTtl: Millis = hours(24);

/** Two messages an instance, and the server takes 1000 in a batch. */
export const removalsPerBatch = 450;
/** Three messages for an adoption: the record, the old chain's end, the new chain's start. */
export const registrationsPerBatch = 300;
