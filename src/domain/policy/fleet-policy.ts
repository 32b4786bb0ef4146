import { z } from 'zod';
import { days, type Millis, minutes, seconds } from '../time.ts';
import { Acknowledgement, mostAcknowledgements } from './acknowledgement.ts';

// `z.lazy` builds a schema when it first reads a value, as in ../records/schemas.ts.

const fraction = () => z.number().min(0, 'at least 0').max(1, 'at most 1');
const duration = (least: Millis, most: Millis) => z.number().int().min(least).max(most);

const defaultBrake = { fraction: 0.3, count: 3, release: 0.15, pace: seconds(10) };
const defaultSeats = 3;

/** When expiry of a zone's runs is slowed, because a network failure is likelier than dead hosts. */
export const BrakePolicy = z.lazy(() =>
  z
    .object({
      /** Trips when more than this fraction of a zone's runs is suspect ... */
      fraction: fraction().default(defaultBrake.fraction),
      /** ... and at least this many: a single failure does not brake a small fleet. */
      count: z.number().int().min(1).max(1_000_000).default(defaultBrake.count),
      /** Releases when less than this fraction is suspect. */
      release: fraction().default(defaultBrake.release),
      /** While the brake is on, one run of the zone is expired per this many milliseconds. */
      pace: duration(1, minutes(60)).default(defaultBrake.pace),
    })
    .refine(({ fraction, release }) => release <= fraction, {
      message: 'release must be at most fraction, or a released brake would trip again immediately',
      path: ['release'],
    }),
);
export type BrakePolicy = z.infer<typeof BrakePolicy>;

/** Retention of the audit history. An absent field means no limit. */
export const Retention = z.lazy(() =>
  z.object({
    /**
     * Milliseconds. A seated collector signs the last keyframe again every day. With less than two days,
     * the signature of an idle history could be trimmed.
     */
    maxAge: duration(days(2), days(3650)).optional(),
    /** Size of the audit stream, as the server counts it. */
    maxBytes: z.number().int().min(1_000_000, 'at least 1 MB').optional(),
  }),
);
export type Retention = z.infer<typeof Retention>;

/**
 * Whether events without a signature are accepted: those of older agents and of agents in other languages.
 * The store cannot refuse them; `audit verify` and `doctor` report them.
 */
export const Signatures = z.enum(['optional', 'required']);
export type Signatures = z.infer<typeof Signatures>;

/** Settings of the whole fleet, in one record, so that all collectors use the same. */
export const FleetPolicy = z.lazy(() =>
  z.object({
    /** How many collectors work at the same time. */
    seats: z.number().int().min(1).max(16).default(defaultSeats),
    brake: BrakePolicy.prefault({}),
    retention: Retention.prefault({}),
    signatures: Signatures.default('optional'),
    /**
     * How many times an agent may return from suspicion or death in an hour before it needs attention; absent: 3. Older
     * versions do not write it.
     */
    flaps: z.number().int().min(1).max(1000).optional(),
    /** The losses that need no attention any more. Older versions do not write it. */
    acknowledged: z.array(Acknowledgement).max(mostAcknowledgements).optional(),
  }),
);
export type FleetPolicy = z.infer<typeof FleetPolicy>;

export const defaultFleetPolicy: FleetPolicy = {
  seats: defaultSeats,
  brake: defaultBrake,
  retention: {},
  signatures: 'optional',
};

const SigningRequired = z.lazy(() =>
  z.looseObject({ policy: z.looseObject({ signatures: z.literal(Signatures.enum.required) }) }),
);

/** Whether the policy of this record requires signatures. False for an unreadable record or none. */
export const requiresSignatures = (record: unknown): boolean =>
  SigningRequired.safeParse(record).success;
