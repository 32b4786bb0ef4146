import { z } from 'zod';
import {
  Actor,
  AgentName,
  DrainTarget,
  HostId,
  InstanceId,
  RunId,
  ServiceName,
  ZoneName,
} from '../identity/names.ts';
import { FleetPolicy } from '../policy/fleet-policy.ts';
import { longestLease } from '../policy/lease-policy.ts';

// `z.lazy` builds a schema when it first reads a record: at import, all of them take a tenth of the CPU time
// of importing the library.

/** The record version that this code reads and writes. */
export const recordVersion = 1;

const wall = z.number().int().nonnegative();
const sequence = z.number().int().nonnegative();

/** The head of the record's chain: number and hash of its last event. */
const chainHead = {
  n: z.number().int().positive(),
  hash: z.string().regex(/^[0-9a-f]{64}$/),
};

export const SuspectReason = z.enum(['silent', 'unreachable']);
export type SuspectReason = z.infer<typeof SuspectReason>;

/**
 * `agent.<host>.<agent>`: the current run of the slot.
 *
 * `term` is 0 in the write that claimed the slot; the sequence of that write is the term. Unknown fields
 * are kept, so that an older collector does not strip fields of a newer agent.
 */
export const AgentRecord = z.lazy(() =>
  z.looseObject({
    v: z.literal(recordVersion),
    host: HostId,
    agent: AgentName,
    run: RunId,
    term: sequence,
    phase: z.enum(['registering', 'live', 'leaving', 'expired']),
    /** Set while the run is suspect, on the collector's wall clock. Kept when the run is expired. */
    suspect: z.object({ reason: SuspectReason, since: wall }).optional(),
    /** Milliseconds, whole seconds. */
    ttl: z.number().int().positive().max(longestLease),
    grace: z.number().int().positive().max(longestLease),
    zone: ZoneName.optional(),
    address: z.string().optional(),
    /** Identity of the process, so that a restart on the same host sees that its predecessor is gone. */
    process: z.object({ boot: z.string(), namespace: z.string(), pid: z.number().int() }),
    startedAt: wall,
    /** When phase or suspicion last changed, on the wall clock of the process that changed it. */
    since: wall,
    ...chainHead,
  }),
);
export type AgentRecord = z.infer<typeof AgentRecord>;

export const Labels = z.record(z.string(), z.string());

/** `instance.<host>.<agent>.<service>.<id>`: one instance of a service, owned by a run. */
export const InstanceRecord = z.lazy(() =>
  z.looseObject({
    v: z.literal(recordVersion),
    host: HostId,
    agent: AgentName,
    /** The owner. */
    run: RunId,
    service: ServiceName,
    id: InstanceId,
    /** 0 in the write that registered it; the sequence of that write is the fencing token. */
    token: sequence,
    state: z.enum(['serving', 'failing', 'draining']),
    address: z.string().optional(),
    port: z.number().int().min(0).max(65535).optional(),
    labels: Labels,
    /** Why it is failing, as the health check reported it. */
    detail: z.string().optional(),
    registeredAt: wall,
    since: wall,
    ...chainHead,
  }),
);
export type InstanceRecord = z.infer<typeof InstanceRecord>;

/** `run.<host>.<agent>.<run>`: the lease of a run. Older agents do not write its ttl. */
export const LeaseRecord = z.lazy(() =>
  z.looseObject({
    v: z.literal(recordVersion),
    run: RunId,
    ttl: z.number().int().positive().optional(),
  }),
);

/**
 * `seat.<k>`: the collector that holds the seat. Waiting collectors poll at a rate based on `runs`.
 * `judges` is false while its holder is blind, or the store refuses its commits; older versions do not write it.
 */
export const SeatRecord = z.lazy(() =>
  z.looseObject({
    v: z.literal(recordVersion),
    run: RunId,
    host: HostId,
    agent: AgentName,
    runs: z.number().int().nonnegative(),
    /** The ttl of the seat. Older collectors do not write it. */
    ttl: z.number().int().positive().optional(),
    /** How far its holder's wall clock is ahead of the server's, in ms; absent: not known yet. */
    offset: z.number().optional(),
    judges: z.boolean().optional(),
    /** Why its holder judges nothing; only with `judges: false`. */
    why: z.string().optional(),
  }),
);
export type SeatRecord = z.infer<typeof SeatRecord>;

/**
 * `hold.<host>` or `hold.<host>.<agent>`: a maintenance hold. While it exists, silence is planned and no
 * run expires. `until` is a time of the server; src/domain/collection/hold-end.ts decides when the hold ends.
 */
export const HoldRecord = z.lazy(() =>
  z.looseObject({
    v: z.literal(recordVersion),
    host: HostId,
    /** Absent: every agent of the host. */
    agent: AgentName.optional(),
    /** The id of this hold. A later hold of the same host is another chain. */
    run: RunId,
    state: z.literal('planned'),
    until: wall,
    /** The operator's reason. */
    why: z.string().optional(),
    by: Actor,
    since: wall,
    ...chainHead,
  }),
);
export type HoldRecord = z.infer<typeof HoldRecord>;

/**
 * `drain.<host>` or `drain.<service>.<id>`: an operator turns traffic away. While it exists, consumers see its
 * instances as draining; registration, health and expiry go on. Without `until` it lasts until an operator ends it.
 */
export const DrainRecord = z.lazy(() =>
  z.looseObject({
    v: z.literal(recordVersion),
    target: DrainTarget,
    /** The id of this drain. A later drain of the same target is another chain. */
    run: RunId,
    state: z.literal('draining'),
    /** A time of the server, as in a hold. */
    until: wall.optional(),
    /** The operator's reason. */
    why: z.string().optional(),
    by: Actor,
    since: wall,
    ...chainHead,
  }),
);
export type DrainRecord = z.infer<typeof DrainRecord>;

/**
 * `brake.<zone>`: exists while too many runs of the zone are silent. Every batch that expires runs of the
 * zone rewrites the record, so that all seats together keep the pace.
 */
export const BrakeRecord = z.lazy(() =>
  z.looseObject({
    v: z.literal(recordVersion),
    zone: ZoneName,
    /** The id of this brake activation. */
    run: RunId,
    state: z.literal('braked'),
    /** Agent records in the zone, and the suspect ones of them, at the last write. */
    seen: z.number().int().nonnegative(),
    suspect: z.number().int().nonnegative(),
    /** Runs expired while the brake is on. */
    expired: z.number().int().nonnegative(),
    since: wall,
    ...chainHead,
  }),
);
export type BrakeRecord = z.infer<typeof BrakeRecord>;

/** `policy`: the fleet policy. Without this record the defaults apply. */
export const PolicyRecord = z.lazy(() =>
  z.looseObject({
    v: z.literal(recordVersion),
    run: RunId,
    state: z.literal('standing'),
    policy: FleetPolicy,
    by: Actor,
    since: wall,
    ...chainHead,
  }),
);
export type PolicyRecord = z.infer<typeof PolicyRecord>;
