import { z } from 'zod';
import { systemAdapters } from '../composition/system-adapters.ts';
import { Fault } from '../domain/fault.ts';
import type { Health } from '../domain/records/desired-instances.ts';
import type { AgentOptions, RunningAgent } from './agent-types.ts';
import { type InstanceOptions, instanceReader } from './instances-option.ts';
import { refuseUnknown } from './known-options.ts';
import { thisMachine } from './machine.ts';
import { readOption } from './options.ts';
import { runAgent } from './run-agent.ts';

/** Options of `registerSelf`: those of an agent, and of the one instance that this process is. */
export interface SelfOptions
  extends Omit<AgentOptions, 'name' | 'instances'>,
    Partial<Pick<InstanceOptions, 'service' | 'id' | 'check'>> {
  /** Name of the agent; default `<service>-<port>`, so that several processes of a host have a slot each. */
  readonly name?: string;
  /** The port, or a server that listens, such as one of `node:http`. Default: the variable `PORT`, else no port. */
  readonly port?: number | { address(): unknown };
  /** Labels of the instance. `version` is added: the version in the package.json of the program. */
  readonly labels?: Readonly<Record<string, string>>;
  /**
   * Whether SIGTERM drains the instance (for `drain`), removes it, and then ends the process as without a listener; if
   * the program has listeners of its own, they end it. Default false: signals are the program's.
   */
  readonly stopOnSigterm?: boolean;
}

/** This process as an instance. */
export interface RegisteredSelf extends RunningAgent {
  /** The instance that it is. */
  readonly instance: { readonly service: string; readonly id: string };
  /** Sets the health of the instance: as `report`, without naming it. */
  reportSelf(health: Health): void;
}

const Listening = z.custom<{ address(): unknown }>(
  (value) => typeof value === 'object' && value !== null && 'address' in value,
);
const Port = z
  .union([z.number(), Listening])
  .refine(
    (port) => typeof port === 'object' || (Number.isInteger(port) && port >= 0 && port <= 65535),
    'a number from 0 to 65535, or a server that listens',
  );
const Labels = z.record(z.string(), z.string()).default({});

/**
 * Registers this process as one instance of a service, and keeps it registered while the process lives.
 *
 * The service is by default the name in the package.json of the program, the port that of `PORT`, the address that of
 * this host.
 * @throws {Fault} `bad-setting`, and those of `startAgent`
 * @example
 * ```ts
 * import { createServer } from 'node:http';
 * import { registerSelf } from 'rollcall';
 *
 * const server = createServer((_, response) => response.end('hello\n'));
 * server.listen(0, async () => {
 *   await registerSelf({
 *     servers: 'nats://127.0.0.1:4222',
 *     service: 'web',
 *     port: server,
 *     drain: '5s',
 *     stopOnSigterm: true,
 *   });
 * });
 * ```
 */
export async function registerSelf(options: SelfOptions): Promise<RegisteredSelf> {
  const { service: named, id, port: given, labels, check, name, stopOnSigterm, ...rest } = options;
  refuseUnknown(rest);
  const program = systemAdapters.ownProgram();
  const service = readOption('service', z.string().min(1), named ?? serviceOf(program.name));
  const port = portOf(readOption('port', Port.optional(), given));
  const isStopped = readOption('stopOnSigterm', z.boolean().default(false), stopOnSigterm);
  const agentName = name ?? (port === undefined ? service : `${service}-${port}`);
  const slot = await thisMachine.slot(rest, agentName);
  const { version } = program;
  const [instance] = (await instanceReader(slot))([
    {
      service,
      ...(id !== undefined && { id }),
      ...(port !== undefined && { port }),
      ...(check !== undefined && { check }),
      labels: { ...(version && { version }), ...readOption('labels', Labels, labels) },
    },
  ]);
  if (instance === undefined) throw new Error('one instance was listed');
  const { spec } = instance;
  const listed = { ...spec, ...(check !== undefined && { check }) };
  const agent = await runAgent({ ...rest, name: agentName, instances: [listed] }, thisMachine);
  if (isStopped) {
    const undo = systemAdapters.onceTerminated(() => agent.stop());
    agent.done.then(undo, undo);
  }
  const self = { service: spec.service, id: spec.id };
  return Object.defineProperties(agent, {
    instance: { value: self, enumerable: true },
    reportSelf: { value: (health: Health) => agent.report(self, health), enumerable: true },
  }) as RegisteredSelf;
}

/** A name in package.json may have a scope: `@shop/web`. */
const serviceOf = (name: string | undefined): string | undefined => name?.replace(/^@.*\//, '');

function portOf(given: number | { address(): unknown } | undefined): number | undefined {
  if (given === undefined) return systemAdapters.portOfEnvironment();
  if (typeof given === 'number') return given;
  const address = given.address();
  if (typeof address === 'object' && address !== null && 'port' in address) {
    return Number(address.port);
  }
  throw new Fault('bad-setting', 'port: the server does not listen on a port yet', {
    hint: 'call registerSelf in the callback of `listen`',
  });
}
