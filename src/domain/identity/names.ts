import { z } from 'zod';

/**
 * A name: 1 to 1024 bytes of well-formed Unicode without control characters.
 *
 * Dots, spaces and emoji are allowed; `subject-token.ts` encodes them for subjects. Control characters are
 * refused because names are printed in terminals, lone surrogates because UTF-8 cannot represent them.
 */
export const Name = z
  .string()
  .min(1, 'a name has at least one character')
  .refine((name) => name.isWellFormed(), 'a name is well-formed unicode')
  .refine(
    (name) => !/\p{Cc}/u.test(name),
    'a name has no control characters (tabs, line breaks); letters, digits, spaces and all other characters are allowed',
  )
  .refine((name) => hasAtMost(1024, name), 'a name has at most 1024 bytes');

const encoder = new TextEncoder();
/** A UTF-16 unit takes at most three bytes, so a short text need not be encoded. */
const hasAtMost = (bytes: number, text: string): boolean =>
  text.length * 3 <= bytes || encoder.encode(text).length <= bytes;

export const HostId = Name.brand<'HostId'>();
/** The stable id of a host. An address is an attribute, never an identity. */
export type HostId = z.infer<typeof HostId>;

export const AgentName = Name.brand<'AgentName'>();
/** The name of an agent, unique on its host. */
export type AgentName = z.infer<typeof AgentName>;

export const ServiceName = Name.brand<'ServiceName'>();
export type ServiceName = z.infer<typeof ServiceName>;

export const InstanceId = Name.brand<'InstanceId'>();
export type InstanceId = z.infer<typeof InstanceId>;

export const RunId = z
  .string()
  .regex(/^[0-9a-z]{8,64}$/, 'a run id is 8 to 64 of 0-9 and a-z')
  .brand<'RunId'>();
/** The id of one lifetime of an agent process. Random, never used twice (G3). */
export type RunId = z.infer<typeof RunId>;

export const ZoneName = Name.brand<'ZoneName'>();
/** A failure domain: a rack, a site, a power supply. Hosts without a zone share the default zone. */
export type ZoneName = z.infer<typeof ZoneName>;

export const Namespace = z
  .string()
  .regex(/^[A-Za-z0-9-]{1,32}$/, 'a namespace is 1 to 32 of A-Z, a-z, 0-9 and -')
  .brand<'Namespace'>();
/** The prefix of all names of one fleet, one subject token, so that many fleets share a server. */
export type Namespace = z.infer<typeof Namespace>;

/** The identity of an agent, `host/agent`. Its agent record names the current run. */
export interface Slot {
  readonly host: HostId;
  readonly agent: AgentName;
}

/** A run and its slot: the author of events and the owner of instances. */
export interface RunRef extends Slot {
  readonly run: RunId;
}

/** The author of a write. Each writing process is a run, also a collector or a command without instances. */
export const Actor = z.object({ host: HostId, agent: AgentName, run: RunId });
export type Actor = z.infer<typeof Actor>;

/** What an operator drains: all instances of a host, or every registration of one `service/id`. */
export const DrainTarget = z.union([
  z.object({ host: HostId }),
  z.object({ service: ServiceName, id: InstanceId }),
]);
export type DrainTarget = z.infer<typeof DrainTarget>;

/** The identity of an instance record. Its owner is in the record, not in the key. */
export interface InstanceRef extends Slot {
  readonly service: ServiceName;
  readonly id: InstanceId;
}
