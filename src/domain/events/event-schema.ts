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

export const eventVersion = 1;

/**
 * The chain an event belongs to: a run and an entity. A hold, a braking and a policy each have an id of
 * their own in the place of a run's: the next one under the same key is another chain.
 */
export const ChainRef = z.discriminatedUnion('entity', [
  z.object({ entity: z.literal('run'), host: HostId, agent: AgentName, run: RunId }),
  z.object({
    entity: z.literal('instance'),
    host: HostId,
    agent: AgentName,
    run: RunId,
    service: ServiceName,
    id: InstanceId,
  }),
  z.object({ entity: z.literal('session'), host: HostId, agent: AgentName, run: RunId }),
  z.object({ entity: z.literal('collector'), host: HostId, agent: AgentName, run: RunId }),
  z.object({
    entity: z.literal('hold'),
    host: HostId,
    agent: AgentName.optional(),
    run: RunId,
  }),
  z.object({ entity: z.literal('brake'), zone: ZoneName, run: RunId }),
  z.object({ entity: z.literal('policy'), run: RunId }),
]);
export type ChainRef = z.infer<typeof ChainRef>;

/** A chain of a slot's run: the run itself, its process, its instances. The others are the fleet's. */
export type SlotChain = Extract<ChainRef, { entity: 'run' | 'instance' | 'session' | 'collector' }>;
export const isOfSlot = (of: ChainRef): of is SlotChain =>
  of.entity !== 'hold' && of.entity !== 'brake' && of.entity !== 'policy';

/** A state as XState names it: a string, or nested by region. */
export type StateValue = string | { readonly [region: string]: StateValue | undefined };
export const StateValue: z.ZodType<StateValue> = z.lazy(() =>
  z.union([z.string(), z.record(z.string(), StateValue)]),
);

/**
 * One transition of one machine for one entity, as it stands in the audit stream.
 *
 * The stored bytes are the truth: `prev` is the SHA-256 of the bytes of the chain's previous event,
 * so an event is hashed as read and never written again.
 */
export const AuditEvent = z.looseObject({
  v: z.literal(eventVersion),
  /** Unguessable: no two events have the same bytes, and so the same hash. */
  eventId: z.string(),
  /** Wall clock of the actor, milliseconds. */
  at: z.number().int(),
  of: ChainRef,
  machine: z.string(),
  /** Hash of the chart that the machine had, so that an old record is drawn with its own machine. */
  chart: z.string(),
  n: z.number().int().positive(),
  event: z.looseObject({ type: z.string() }),
  /** null: the chain starts here. */
  from: StateValue.nullable(),
  to: StateValue,
  edges: z.array(z.string()),
  actor: Actor,
  /** The hash of the event that led to this one, where that is not the chain's previous one. */
  cause: z.string().optional(),
  /** What the decision saw. */
  evidence: z.record(z.string(), z.unknown()).optional(),
  /** The record as written, less its `hash`, which is the hash of this event; null: removed. */
  record: z.record(z.string(), z.unknown()).nullable(),
  /**
   * How many transitions of this process, right before this one, could not be kept until the store
   * took them. Their numbers are left out; `prev` is the last event that was written.
   */
  lost: z.number().int().positive().optional(),
  /** null: the chain starts from nothing. A chain that adopts starts with the hash of the one it ends. */
  prev: z.string().nullable(),
});
export type AuditEvent = z.infer<typeof AuditEvent>;
