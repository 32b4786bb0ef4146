import { homedir } from 'node:os';
import { join } from 'node:path';
import type { z } from 'zod';
import { DurationOrMillis } from '../composition/duration.ts';
import { systemAdapters } from '../composition/system-adapters.ts';
import { Fault } from '../domain/fault.ts';
import { AgentName, HostId, type Slot } from '../domain/identity/names.ts';
import { defaultLease, LeasePolicy } from '../domain/policy/lease-policy.ts';
import { formatParseError } from '../domain/records/stored-record.ts';

/** Milliseconds, or as one writes it: `15s`, `1m 30s`. */
export type Duration = number | string;

export interface LeaseOptions {
  /** The life of the lease; default 15 s. */
  readonly ttl?: Duration;
  /** How long a suspicion stands before it may become an expiry; default 30 s. */
  readonly grace?: Duration;
}

export interface PlaceOptions {
  /** The id of this machine; default: kept in `stateDir`, else made from the machine id. */
  readonly host?: string;
  /** Default `~/.local/state/rollcall`. */
  readonly stateDir?: string;
}

/** What an option says. @throws {Fault} `bad-setting` naming the option and the rule */
export function readOption<S extends z.ZodType>(
  name: string,
  rule: S,
  value: unknown,
): z.output<S> {
  const read = rule.safeParse(value);
  if (read.success) return read.data;
  throw new Fault('bad-setting', `${name}: ${formatParseError(read.error)}`, { cause: read.error });
}

export const leaseOf = (options: LeaseOptions): LeasePolicy => ({
  ttl: readOption(
    'ttl',
    DurationOrMillis.pipe(LeasePolicy.shape.ttl),
    options.ttl ?? defaultLease.ttl,
  ),
  grace: readOption(
    'grace',
    DurationOrMillis.pipe(LeasePolicy.shape.grace),
    options.grace ?? defaultLease.grace,
  ),
});

export async function slotOf({ host, stateDir }: PlaceOptions, name: string): Promise<Slot> {
  const agent = readOption('name', AgentName, name);
  if (host !== undefined) return { host: readOption('host', HostId, host), agent };
  const kept = stateDir ?? join(homedir(), '.local', 'state', 'rollcall');
  return { host: await systemAdapters.findHostId({ stateDir: kept }), agent };
}
