import type { z } from 'zod';
import { Fault } from '../fault.ts';
import {
  AgentName,
  type DrainTarget,
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
 * Keys of the two buckets (docs/reference/protocol.md). The host follows the kind, so that a subject
 * permission can restrict an agent to its own records.
 */
export const agentKey = (slot: Slot): string => withinLimit(agentTokens(slot));
export const instanceKey = (instance: InstanceRef): string => withinLimit(instanceTokens(instance));
export const holdKey = (host: HostId, agent?: AgentName): string =>
  withinLimit(
    agent === undefined
      ? `hold.${encodeSubjectToken(host)}`
      : `hold.${agentMapKey({ host, agent })}`,
  );
export const brakeKey = (zone: ZoneName): string =>
  withinLimit(`brake.${encodeSubjectToken(zone)}`);
export const policyKey = 'policy';
/** The key of a drain: `drain.<host>`, or `drain.<service>.<id>`. */
export const drainKey = (target: DrainTarget): string =>
  withinLimit(
    'host' in target
      ? `drain.${encodeSubjectToken(target.host)}`
      : `drain.${encodeSubjectToken(target.service)}.${encodeSubjectToken(target.id)}`,
  );
export const leaseKey = (run: RunRef): string => withinLimit(`run.${agentMapKey(run)}.${run.run}`);
export const seatKey = (seat: number): string => `seat.${seat}`;

/**
 * Whether a key belongs to this slot or instance. A name has exactly one encoding, so nothing is decoded;
 * reading a registry does this for each record.
 */
export const isAgentKey = (key: string, slot: Slot): boolean => key === agentTokens(slot);
export const isInstanceKey = (key: string, instance: InstanceRef): boolean =>
  key === instanceTokens(instance);

const agentTokens = (slot: Slot): string => `agent.${agentMapKey(slot)}`;
const instanceTokens = (instance: InstanceRef): string =>
  `instance.${agentMapKey(instance)}.${encodeSubjectToken(instance.service)}.${encodeSubjectToken(instance.id)}`;

/** Filters are NATS subject patterns below the bucket's prefix. */
export const instancesOfAgentFilter = (slot: Slot): string => `instance.${agentMapKey(slot)}.>`;
export const leasesOfAgentFilter = (slot: Slot): string => `run.${agentMapKey(slot)}.*`;
/** All keys of a bucket, also foreign ones, which are reported as unreadable (G12). */
export const allKeys = '>';
export const allAgents = 'agent.>';
export const allInstances = 'instance.>';
export const allRunLeases = 'run.>';
export const allSeats = 'seat.*';

/** The map key of the slot (`agentMapKey`) in the key of one of its records. */
export function slotOfKey(key: string): string {
  const start = key.indexOf('.') + 1;
  const middle = key.indexOf('.', start);
  const end = middle < 0 ? -1 : key.indexOf('.', middle + 1);
  return start === 0 ? '' : key.slice(start, end < 0 ? key.length : end);
}

/** The names in the key of an instance; undefined if they are no codes of names. */
export function nameInKey(
  key: string,
): { readonly service: string; readonly id: string } | undefined {
  const [, , , service = '', id = ''] = key.split('.');
  try {
    return { service: decodeSubjectToken(service), id: decodeSubjectToken(id) };
  } catch {
    return undefined;
  }
}

/** Host and agent as one map key; unambiguous because both are encoded. */
export const agentMapKey = (slot: Slot): string =>
  `${encodeSubjectToken(slot.host)}.${encodeSubjectToken(slot.agent)}`;

export type RegistryKey =
  | ({ readonly kind: 'agent' } & Slot)
  | ({ readonly kind: 'instance' } & InstanceRef)
  | { readonly kind: 'hold'; readonly host: HostId; readonly agent?: AgentName }
  | { readonly kind: 'brake'; readonly zone: ZoneName }
  | { readonly kind: 'drain'; readonly target: DrainTarget }
  | { readonly kind: 'policy' };

export type LeaseKey =
  | ({ readonly kind: 'run' } & RunRef)
  | { readonly kind: 'seat'; readonly seat: number };

/**
 * Parses a key of the registry.
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
  if (kind === 'drain' && host && service === undefined) {
    return { kind, target: drainTarget(host, agent) };
  }
  if (key === policyKey) return { kind: 'policy' };
  throw new Fault('bad-name', `'${key}' is not a registry key`);
}

/**
 * Parses a key of the leases.
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
  throw new Fault('bad-name', `'${key}' is not a lease key`);
}

function parseSlot(host: string, agent: string): Slot {
  return { host: nameIn(host, HostId), agent: nameIn(agent, AgentName) };
}

/** `drain.<host>`, or `drain.<service>.<id>`. */
const drainTarget = (first: string, second: string | undefined): DrainTarget =>
  second === undefined
    ? { host: nameIn(first, HostId) }
    : { service: nameIn(first, ServiceName), id: nameIn(second, InstanceId) };

/** Decodes a token and checks the name, since a foreign tool may have written the key. */
function nameIn<S extends z.ZodType>(token: string, schema: S): z.infer<S> {
  const name = schema.safeParse(decodeSubjectToken(token));
  if (name.success) return name.data;
  const why = name.error.issues.map(({ message }) => message).join('; ');
  throw new Fault('bad-name', `'${token}' is not an encoded name: ${why}`, { cause: name.error });
}

/**
 * Maximum key length. The server's control line is 4096 bytes and also contains the bucket's prefix, the
 * reply subject and the sizes; an event's subject is the key plus run and counter.
 */
const longestKey = 3500;

function withinLimit(key: string): string {
  if (key.length <= longestKey) return key;
  throw new Fault(
    'bad-name',
    `the names in ${key.slice(0, 60)}… are too long together: at most ${longestKey} bytes encoded (got ${key.length})`,
    { hint: 'shorten the names; a byte outside A-Z a-z 0-9 _ - counts three times' },
  );
}
