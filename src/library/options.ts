import { z } from 'zod';
import { systemAdapters } from '../composition/system-adapters.ts';
import { DurationOrMillis } from '../composition/time/duration.ts';
import { localLoginDir, stateDirIfAny } from '../composition/xdg-directories.ts';
import { Fault } from '../domain/fault.ts';
import { AgentName, HostId, InstanceId, ServiceName, type Slot } from '../domain/identity/names.ts';
import { defaultLease, LeasePolicy } from '../domain/policy/lease-policy.ts';
import { formatPath, schemaProblems } from '../domain/records/schema-problems.ts';

/** A number of milliseconds, or a text with units: `15s`, `1m 30s`, `500ms`. */
export type Duration = number | string;

/** Whether a namespace that does not exist is created, waited for, or refused at once. */
export type MissingNamespace = 'create' | 'wait' | 'require';

/** Limits after which a silent process is suspected and expired. */
export interface LeaseOptions {
  /**
   * Time to live of the lease, renewed at least every third of it; default 15 s. Whole seconds from 2 s
   * to 30 days. The default survives a leader change of a replicated stream (docs/adr/0001-jetstream.md).
   */
  readonly ttl?: Duration;
  /** Least time from suspicion to expiry; default 30 s. Whole seconds from 1 s to 30 days. */
  readonly grace?: Duration;
}

/** Identity of the host on which a process runs. */
export interface HostOptions {
  /**
   * Stable id of this host. Default: the id in `stateDir`; if there is none, one is made from the machine's name and
   * its machine id (random digits without one), such as `db-1-6622ddde`, and stored there.
   */
  readonly host?: string;
  /**
   * Directory of the stored host id. Default, as of the command line: `STATE_DIRECTORY` (a systemd unit), else
   * `$XDG_STATE_HOME/rollcall`, else `~/.local/state/rollcall`.
   */
  readonly stateDir?: string;
}

/** Parses an option. @throws {Fault} `bad-setting` with the option's name and the rule */
export function readOption<S extends z.ZodType>(
  name: string,
  schema: S,
  value: unknown,
): z.output<S> {
  const { success, data, error } = schema.safeParse(value);
  if (success) return data;
  const why = schemaProblems(error.issues)
    .map(({ path, rule }) => `${formatPath([name, ...path])}: ${rule}`)
    .join('; ');
  throw new Fault('bad-setting', why, { cause: error });
}

const InstanceName = z.object({ service: ServiceName, id: InstanceId });

/** The name of an instance, which a caller may also give as a whole row. @throws {Fault} `bad-setting` */
export const readInstanceName = (instance: unknown) =>
  readOption('instance', InstanceName, instance);

export const readLease = (options: LeaseOptions): LeasePolicy => ({
  ttl: readOption(
    'ttl',
    DurationOrMillis.pipe(LeasePolicy.unwrap().shape.ttl),
    options.ttl ?? defaultLease.ttl,
  ),
  grace: readOption(
    'grace',
    DurationOrMillis.pipe(LeasePolicy.unwrap().shape.grace),
    options.grace ?? defaultLease.grace,
  ),
});

/** The slot of a process. @throws {Fault} `bad-setting`, `bad-name` (the stored host id is invalid) */
export async function readSlot({ host, stateDir }: HostOptions, name: string): Promise<Slot> {
  const agent = readOption('name', AgentName, name);
  if (host !== undefined) return { host: readOption('host', HostId, host), agent };
  const directory = stateDir ?? stateDirIfAny(systemAdapters.userDirectories());
  return { host: await systemAdapters.findHostId({ stateDir: directory }), agent };
}

/** Where `rollcall up` of this user leaves the logins of its servers; undefined without a home directory. */
export const localLogins = (): string | undefined =>
  localLoginDir(systemAdapters.userDirectories());
