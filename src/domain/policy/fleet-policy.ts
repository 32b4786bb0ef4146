import { z } from 'zod';
import { days, type Millis, minutes, seconds } from '../time.ts';

const fraction = z.number().min(0, 'at least 0').max(1, 'at most 1');
const duration = (least: Millis, most: Millis) => z.number().int().min(least).max(most);

/** When so much of a zone is silent that it is more likely the network than the hosts. */
export const BrakePolicy = z
  .object({
    /** On when more than this fraction of a zone's runs is suspect, ... */
    fraction: fraction.default(0.3),
    /** ... and at least so many are: one failure does not brake a small fleet. */
    count: z.number().int().min(1).max(1_000_000).default(3),
    /** Off when less than this fraction is. */
    release: fraction.default(0.15),
    /** While it is on, one run of the zone is expired in so many milliseconds. */
    pace: duration(1, minutes(60)).default(seconds(10)),
  })
  .refine(({ fraction, release }) => release <= fraction, {
    message: 'release is at most fraction: a brake that is off must not be on again at once',
    path: ['release'],
  });
export type BrakePolicy = z.infer<typeof BrakePolicy>;

/** How much of the history is kept; what is left out has no limit. */
export const Retention = z.object({
  /**
   * Milliseconds. A seated collector signs the last keyframe anew every day: with less than two
   * days, a history in which nothing happens would end without a signature.
   */
  maxAge: duration(days(2), days(3650)).optional(),
  /** Of the audit stream, as the server counts them. */
  maxBytes: z.number().int().min(1_000_000, 'at least 1 MB').optional(),
});
export type Retention = z.infer<typeof Retention>;

/** What holds for the whole fleet, in one record, so that all seats agree. */
export const FleetPolicy = z.object({
  /** How many collectors watch at once. */
  seats: z.number().int().min(1).max(16).default(3),
  brake: BrakePolicy.prefault({}),
  retention: Retention.prefault({}),
});
export type FleetPolicy = z.infer<typeof FleetPolicy>;

export const defaultFleetPolicy: FleetPolicy = FleetPolicy.parse({});
