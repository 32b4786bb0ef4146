import { z } from 'zod';
import {
  Actor,
  AgentName,
  HostId,
  InstanceId,
  RunId,
  ServiceName,
  ZoneName,
} from '../identity/names.ts';
import { FleetPolicy } from '../policy/fleet-policy.ts';

/** The version of records that this code writes and understands. */
export const recordVersion = 1;

const wall = z.number().int().nonnegative();
const sequence = z.number().int().nonnegative();

/** A chain's head as its record holds it: the last event's number, and that event's hash. */
const chainHead = {
  n: z.number().int().positive(),
  hash: z.string().regex(/^[0-9a-f]{64}$/),
};

export const SuspectReason = z.enum(['silent', 'unreachable']);
export type SuspectReason = z.infer<typeof SuspectReason>;

/**
 * `agent.<host>.<agent>`: the run that holds the slot, as the registry knows it.
 *
 * `term` is 0 in the write by which the run took the slot: that write's own sequence is the term.
 * Unknown fields are kept, so that an older collector does not strip what a newer agent wrote.
 */
export const AgentRecord = z.looseObject({
  v: z.literal(recordVersion),
  host: HostId,
  agent: AgentName,
  run: RunId,
  term: sequence,
  phase: z.enum(['registering', 'live', 'leaving', 'expired']),
  /** Set while the run is suspect; its wall clock is the accuser's. Stays when it is expired. */
  suspect: z.object({ reason: SuspectReason, since: wall }).optional(),
  /** Milliseconds, whole seconds. */
  ttl: z.number().int().positive(),
  grace: z.number().int().positive(),
  zone: ZoneName.optional(),
  address: z.string().optional(),
  /** Where the process is: lets a supervisor's restart see that its predecessor is gone. */
  process: z.object({ boot: z.string(), namespace: z.string(), pid: z.number().int() }),
  startedAt: wall,
  /** When the run's phase or suspicion last changed, on the clock of who changed it. */
  since: wall,
  ...chainHead,
});
export type AgentRecord = z.infer<typeof AgentRecord>;

export const Labels = z.record(z.string(), z.string());

/** `instance.<host>.<agent>.<service>.<id>`: something a run runs for a service. */
export const InstanceRecord = z.looseObject({
  v: z.literal(recordVersion),
  host: HostId,
  agent: AgentName,
  /** The owner. */
  run: RunId,
  service: ServiceName,
  id: InstanceId,
  /** 0 in the write that registered it: that write's own sequence is the fencing token. */
  token: sequence,
  state: z.enum(['serving', 'failing', 'draining']),
  address: z.string().optional(),
  port: z.number().int().min(0).max(65535).optional(),
  labels: Labels,
  /** Why it is failing, in the words of the check. */
  detail: z.string().optional(),
  registeredAt: wall,
  since: wall,
  ...chainHead,
});
export type InstanceRecord = z.infer<typeof InstanceRecord>;

/** `seat.<k>`: who sits there, and how many runs it watches, by which sleepers pace themselves. */
export const SeatRecord = z.looseObject({
  v: z.literal(recordVersion),
  run: RunId,
  host: HostId,
  agent: AgentName,
  runs: z.number().int().nonnegative(),
});
export type SeatRecord = z.infer<typeof SeatRecord>;

/**
 * `hold.<host>` or `hold.<host>.<agent>`: while it stands, silence there is planned and nothing
 * expires. `until` is a wish: a collector ends the hold when its own wall clock has passed it.
 */
export const HoldRecord = z.looseObject({
  v: z.literal(recordVersion),
  host: HostId,
  /** Absent: every agent of the host. */
  agent: AgentName.optional(),
  /** This hold's own id: the next one for the same host is another chain. */
  run: RunId,
  state: z.literal('planned'),
  until: wall,
  /** In the words of whoever planned it. */
  why: z.string().optional(),
  by: Actor,
  since: wall,
  ...chainHead,
});
export type HoldRecord = z.infer<typeof HoldRecord>;

/**
 * `brake.<zone>`: stands while too much of the zone is silent at once. Every batch that expires runs
 * of the zone rewrites it, so that its pace holds for all seats together.
 */
export const BrakeRecord = z.looseObject({
  v: z.literal(recordVersion),
  zone: ZoneName,
  /** This braking's own id. */
  run: RunId,
  state: z.literal('braked'),
  /** Agent records in the zone, and how many of them were suspect, when it was last written. */
  seen: z.number().int().nonnegative(),
  suspect: z.number().int().nonnegative(),
  /** How many runs it has let through since it is on. */
  expired: z.number().int().nonnegative(),
  since: wall,
  ...chainHead,
});
export type BrakeRecord = z.infer<typeof BrakeRecord>;

/** `policy`: what holds for the whole fleet; without it, the defaults do. */
export const PolicyRecord = z.looseObject({
  v: z.literal(recordVersion),
  run: RunId,
  state: z.literal('standing'),
  policy: FleetPolicy,
  by: Actor,
  since: wall,
  ...chainHead,
});
export type PolicyRecord = z.infer<typeof PolicyRecord>;
