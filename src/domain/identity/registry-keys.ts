import type { z } from 'zod';
import { Fault } from '../fault.ts';
import {
  AgentName,
  HostId,
  InstanceId,
  type InstanceRef,
  RunId,
  type RunRef,
  ServiceName,
  type Slot,
  ZoneName,
} from './names.ts';
import { decodeSubjectToken, encodeSubjectToken } from './subject-token.ts';

/**
 * Keys of the two buckets (docs/reference/protocol.md). The host comes right after the kind, so that a subject
 * permission can say "own".
 */
export const agentKey = (slot: Slot): string => fitting(agentTokens(slot));
export const instanceKey = (at: InstanceRef): string => fitting(instanceTokens(at));
export const holdKey = (host: HostId, agent?: AgentName): string =>
  fitting(
    agent === undefined
      ? `hold.${encodeSubjectToken(host)}`
      : `hold.${agentMapKey({ host, agent })}`,
  );
export const brakeKey = (zone: ZoneName): string => fitting(`brake.${encodeSubjectToken(zone)}`);
export const policyKey = 'policy';
export const leaseKey = (of: RunRef): string => fitting(`run.${agentMapKey(of)}.${of.run}`);
export const seatKey = (seat: number): string => `seat.${seat}`;

/**
 * Whether this is the key of that place. A name has one encoding only, so nothing needs to be decoded:
 * reading a registry does this for each of its records.
 */
export const isAgentKey = (key: string, slot: Slot): boolean => key === agentTokens(slot);
export const isInstanceKey = (key: string, at: InstanceRef): boolean => key === instanceTokens(at);

const agentTokens = (slot: Slot): string => `agent.${agentMapKey(slot)}`;
const instanceTokens = (at: InstanceRef): string =>
  `instance.${agentMapKey(at)}.${encodeSubjectToken(at.service)}.${encodeSubjectToken(at.id)}`;

/** Filters: a NATS subject pattern below the bucket's prefix. */
export const instancesOfAgentFilter = (slot: Slot): string => `instance.${agentMapKey(slot)}.>`;
export const leasesOfAgentFilter = (slot: Slot): string => `run.${agentMapKey(slot)}.*`;
/** All keys of a bucket, also those that nobody here writes: they are reported, not overlooked (G12). */
export const allKeys = '>';
export const allAgents = 'agent.>';
export const allInstances = 'instance.>';
export const allRunLeases = 'run.>';
export const allSeats = 'seat.*';

/** Host and agent as one string: a map key, unambiguous because both are encoded. */
export const agentMapKey = (slot: Slot): string =>
  `${encodeSubjectToken(slot.host)}.${encodeSubjectToken(slot.agent)}`;

export type RegistryKey =
  | ({ readonly kind: 'agent' } & Slot)
  | ({ readonly kind: 'instance' } & InstanceRef)
  | { readonly kind: 'hold'; readonly host: HostId; readonly agent?: AgentName }
  | { readonly kind: 'brake'; readonly zone: ZoneName }
  | { readonly kind: 'policy' };

export type LeaseKey =
  | ({ readonly kind: 'run' } & RunRef)
  | { readonly kind: 'seat'; readonly seat: number };

/**
 * What a registry key says.
 * @throws {Fault} `bad-name` for a key that this version would never write
 */
export function parseRegistryKey(key: string): RegistryKey {
  const [kind, host, agent, service, id, ...rest] = key.split('.');
  if (kind === 'agent' && host && agent && service === undefined) {
    return { kind, ...parseSlot(host, agent) };
  }
  if (kind === 'instance' && host && agent && service && id && rest.length === 0) {
    return {
      kind,
      ...parseSlot(host, agent),
      service: nameIn(service, ServiceName),
      id: nameIn(id, InstanceId),
    };
  }
  if (kind === 'hold' && host && service === undefined) {
    if (agent === undefined) return { kind, host: nameIn(host, HostId) };
    return { kind, ...parseSlot(host, agent) };
  }
  if (kind === 'brake' && host && agent === undefined) {
    return { kind, zone: nameIn(host, ZoneName) };
  }
  if (key === policyKey) return { kind: 'policy' };
  throw new Fault('bad-name', `'${key}' is no key of the registry`);
}

/**
 * What a lease key says.
 * @throws {Fault} `bad-name` for a key that this version would never write
 */
export function parseLeaseKey(key: string): LeaseKey {
  const [kind, host, agent, run, ...rest] = key.split('.');
  if (kind === 'seat' && host && /^[1-9]\d{0,8}$/.test(host) && agent === undefined) {
    return { kind, seat: Number(host) };
  }
  if (kind === 'run' && host && agent && run && rest.length === 0 && RunId.safeParse(run).success) {
    return { kind, ...parseSlot(host, agent), run: RunId.parse(run) };
  }
  throw new Fault('bad-name', `'${key}' is no key of the leases`);
}

function parseSlot(host: string, agent: string): Slot {
  return { host: nameIn(host, HostId), agent: nameIn(agent, AgentName) };
}

/** A token may decode to what is no name: somebody else's tool wrote the key. */
function nameIn<S extends z.ZodType>(token: string, schema: S): z.infer<S> {
  const name = schema.safeParse(decodeSubjectToken(token));
  if (name.success) return name.data;
  const why = name.error.issues.map(({ message }) => message).join('; ');
  throw new Fault('bad-name', `'${token}' encodes no name: ${why}`, { cause: name.error });
}

/**
 * The longest key: the server's control line is 4096 bytes and also holds the bucket's prefix, the
 * reply subject and the sizes; an event's subject is the key with run and counter added.
 */
const longestKey = 3500;

function fitting(key: string): string {
  if (key.length <= longestKey) return key;
  throw new Fault(
    'bad-name',
    `the names of ${key.slice(0, 60)}… are too long together: ${key.length} bytes encoded, at most ${longestKey}`,
    { hint: 'shorten the names; a byte outside A-Z a-z 0-9 _ - counts three times' },
  );
}
