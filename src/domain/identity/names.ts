import { z } from 'zod';

/**
 * A name as people write it: one to 1024 bytes of well-formed unicode without control characters.
 *
 * Dots, spaces and emoji are fine; `token.ts` makes them safe for subjects. Control characters are
 * refused because a name is printed in terminals at night; lone surrogates because no encoding
 * brings them back.
 */
export const Name = z
  .string()
  .min(1, 'a name has at least one character')
  .refine((name) => name.isWellFormed(), 'a name is well-formed unicode')
  .refine((name) => !/\p{Cc}/u.test(name), 'a name has no control characters')
  .refine((name) => hasAtMost(1024, name), 'a name has at most 1024 bytes');

const encoder = new TextEncoder();
/** A UTF-16 unit takes at most three bytes: what is short need not be encoded to be measured. */
const hasAtMost = (bytes: number, text: string): boolean =>
  text.length * 3 <= bytes || encoder.encode(text).length <= bytes;

export const HostId = Name.brand<'HostId'>();
/** A machine, by a stable id. An address is an attribute, never an identity. */
export type HostId = z.infer<typeof HostId>;

export const AgentName = Name.brand<'AgentName'>();
/** A named process slot on a host. */
export type AgentName = z.infer<typeof AgentName>;

export const ServiceName = Name.brand<'ServiceName'>();
export type ServiceName = z.infer<typeof ServiceName>;

export const InstanceId = Name.brand<'InstanceId'>();
export type InstanceId = z.infer<typeof InstanceId>;

export const RunId = z
  .string()
  .regex(/^[0-9a-z]{8,64}$/, 'a run id is 8 to 64 of 0-9 and a-z')
  .brand<'RunId'>();
/** One lifetime of an agent process: random, never used twice (G3). */
export type RunId = z.infer<typeof RunId>;

export const ZoneName = Name.brand<'ZoneName'>();
/** What fails together: a rack, a site, a power supply. Hosts that name none share one. */
export type ZoneName = z.infer<typeof ZoneName>;

export const Namespace = z
  .string()
  .regex(/^[A-Za-z0-9-]{1,32}$/, 'a namespace is 1 to 32 of A-Z, a-z, 0-9 and -')
  .brand<'Namespace'>();
/** One token, so that many fleets share a server. */
export type Namespace = z.infer<typeof Namespace>;

/** `host/agent`: one agent record, which names the run that holds it. */
export interface Slot {
  readonly host: HostId;
  readonly agent: AgentName;
}

/** A run in its slot: who acts, who owns. */
export interface RunRef extends Slot {
  readonly run: RunId;
}

/** The author of a write. Each writing process is a run, also a collector or a command without instances. */
export const Actor = z.object({ host: HostId, agent: AgentName, run: RunId });
export type Actor = z.infer<typeof Actor>;

/** An instance's place in the registry; its owner is in its record, not in its key. */
export interface InstanceRef extends Slot {
  readonly service: ServiceName;
  readonly id: InstanceId;
}
