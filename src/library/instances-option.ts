import { z } from 'zod';
import { plainInstances } from '../composition/instances/plain-instances.ts';
import { Fault } from '../domain/fault.ts';
import type { Slot } from '../domain/identity/names.ts';
import type { Health } from '../domain/records/desired-instances.ts';
import type { GrpcProbe, HttpProbe, UdpProbe } from '../domain/records/health-check.ts';
import { importOnce } from './import-once.ts';
import { type Duration, readOption } from './options.ts';

/** An instance that an agent registers. */
export interface InstanceOptions {
  /** Name of the service: 1 to 1024 bytes without control characters. */
  readonly service: string;
  /** Id within the service, with the same rule. Default `<host>-<agent>-<service>-<port>`. */
  readonly id?: string | undefined;
  /**
   * Address for consumers, at most 1024 characters. It is published and not interpreted. Default, if there is
   * a port: that of the agent.
   */
  readonly address?: string | undefined;
  /** Port for consumers, 0 to 65535. */
  readonly port?: number | undefined;
  /** Texts by name for consumers, such as a version: at most 256, in a record of at most 262 144 characters. Default: none. */
  readonly labels?: Readonly<Record<string, string>> | undefined;
  /**
   * Health check that the agent runs: exactly one of `http`, `tcp`, `unix`, `udp`, `grpc` and `exec`
   * (docs/how-to/check-health.md). Default: none.
   */
  readonly check?:
    | {
        /** An http or https address, or a request; a 2xx or 3xx status is a success. */
        readonly http?: string | HttpProbe | undefined;
        /** `host:port` to which a connection must succeed. */
        readonly tcp?: string | { readonly host: string; readonly port: number } | undefined;
        /** Path of a socket to which a connection must succeed. */
        readonly unix?: string | undefined;
        /** A datagram; without `expectReply` it fails only if the port is reported as closed. */
        readonly udp?: string | UdpProbe | undefined;
        /** A server of `grpc.health.v1` that must answer SERVING. */
        readonly grpc?: string | GrpcProbe | undefined;
        /** A command and its arguments, run without a shell; exit code 0 is a success. */
        readonly exec?: readonly string[] | undefined;
        /** From the start of one check to the start of the next; default 10 s. */
        readonly every?: Duration | undefined;
        /** Time limit of one check; default 5 s. */
        readonly timeout?: Duration | undefined;
        /** Failures in a row after which the instance is `failing`, 1 to 1000; default 3. */
        readonly failAfter?: number | undefined;
        /** Successes in a row after which a failing instance is `serving`, 1 to 1000; default 1. */
        readonly passAfter?: number | undefined;
        /** Time after the start in which failures do not count, until one check has passed; default 0. */
        readonly startPeriod?: Duration | undefined;
        /** State of the instance until a check has passed; default `failing`. */
        readonly initial?: 'failing' | 'serving' | undefined;
      }
    | undefined;
}

/** The greatest length of the detail of a failing instance. */
const longestDetail = 4096;

const HealthOption = z.discriminatedUnion(
  'state',
  [
    z.strictObject({ state: z.literal('serving') }),
    z.strictObject({ state: z.literal('failing'), detail: z.string().max(longestDetail) }),
    z.strictObject({ state: z.literal('draining') }),
  ],
  { error: 'must be serving, failing or draining' },
);

/** @throws {Fault} `bad-setting` */
export const readHealth = (health: unknown): Health => readOption('health', HealthOption, health);

/**
 * The instances that a caller lists, each with an id.
 * @throws {Fault} `bad-setting` also if an instance is listed twice
 */
export async function instanceReader(slot: Slot) {
  const { ListedInstances, withDefaultIds } = await importListed();
  return (listed: unknown) => {
    const given = plainInstances(listed) ?? readOption('instances', ListedInstances, listed);
    const instances = withDefaultIds(given, slot);
    const idsOf = new Map<string, Set<string>>();
    for (const { spec } of instances) {
      const { service, id } = spec;
      const ids = idsOf.get(service) ?? new Set();
      if (ids.has(id))
        throw new Fault('bad-setting', `instances: '${service}/${id}' is listed twice`);
      idsOf.set(service, ids.add(id));
    }
    return instances;
  };
}

const importListed = importOnce(() => import('../composition/instances/listed-instances.ts'));
