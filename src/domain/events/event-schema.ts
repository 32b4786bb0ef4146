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

export const eventVersion = 1;

/**
 * The chain of an event: an entity and a run. A hold, a drain, a brake activation, a policy and a loss of the store each
 * have an own id instead of a run id; the next one under the same key is another chain.
 */
export const ChainRef = z.lazy(() =>
  z.discriminatedUnion('entity', [
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
    z.object({ entity: z.literal('drain'), target: DrainTarget, run: RunId }),
    z.object({ entity: z.literal('brake'), zone: ZoneName, run: RunId }),
    z.object({ entity: z.literal('policy'), run: RunId }),
    z.object({ entity: z.literal('store'), run: RunId }),
  ]),
);
export type ChainRef = z.infer<typeof ChainRef>;

/** A chain of an agent's run: the run, its process or its instances. Other chains belong to the fleet. */
export type SlotChain = Extract<ChainRef, { entity: 'run' | 'instance' | 'session' | 'collector' }>;
export const isOfSlot = (of: ChainRef): of is SlotChain => !fleetEntities.has(of.entity);
const fleetEntities: ReadonlySet<ChainRef['entity']> = new Set([
  ...(['hold', 'drain', 'brake', 'policy', 'store'] as const),
]);

/** An XState state value: a string, or an object nested by region. */
export type StateValue = string | { readonly [region: string]: StateValue | undefined };
export const StateValue: z.ZodType<StateValue> = z.lazy(() =>
  z.union([z.string(), z.record(z.string(), StateValue)]),
);

/**
 * One transition of one machine for one entity, as stored in the audit stream.
 *
 * `prev` is the SHA-256 of the stored bytes of the chain's previous event, so events are hashed as read
 * and never serialized again.
 */
export const AuditEvent = z.lazy(() =>
  z.looseObject({
    v: z.literal(eventVersion),
    /** Random, so that no two events have the same bytes and hash. */
    eventId: z.string(),
    /** Wall clock of the actor, milliseconds. */
    at: z.number().int(),
    of: ChainRef,
    machine: z.string(),
    /** Hash of the machine's chart, so that an old event is drawn with the machine of its time. */
    chart: z.string(),
    n: z.number().int().positive(),
    event: z.looseObject({ type: z.string() }),
    /** null: first event of the chain. */
    from: StateValue.nullable(),
    to: StateValue,
    edges: z.array(z.string()),
    actor: Actor,
    /** Hash of the event that caused this one, if it is not the previous event of the chain. */
    cause: z.string().optional(),
    /** The facts on which the decision was based. */
    evidence: z.record(z.string(), z.unknown()).optional(),
    /** The record as written, without `hash`, which is the hash of this event; null: removed. */
    record: z.record(z.string(), z.unknown()).nullable(),
    /**
     * Number of transitions of this process immediately before this one that were dropped before the store
     * accepted them. Their numbers are skipped; `prev` is the last event that was written.
     */
    lost: z.number().int().positive().optional(),
    /** null: a new chain. After an adoption: the hash of the last event of the chain that it ends. */
    prev: z.string().nullable(),
    /**
     * The actor's public key and the signature over the stored bytes without `shared` and `sig`, the last fields.
     * Both are absent if the actor does not sign.
     */
    key: z.string().optional(),
    /** Where this event is among those that share its signature. Absent if the signature is over this event alone. */
    shared: z
      .object({ index: z.number().int(), size: z.number().int(), path: z.string() })
      .optional(),
    sig: z.string().optional(),
  }),
);
export type AuditEvent = z.infer<typeof AuditEvent>;
