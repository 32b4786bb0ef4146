import { systemAdapters } from '../composition/system-adapters.ts';
import type { RunId, RunRef, Slot } from '../domain/identity/names.ts';
import type { AgentRecord } from '../domain/records/schemas.ts';
import type { Ports } from '../ports/ports.ts';
import type { Agent } from '../runtime/agent/agent.ts';
import { importOnce } from './import-once.ts';
import { openPorts, type StoreOptions } from './open-ports.ts';
import { type HostOptions, type MissingNamespace, readSlot } from './options.ts';
import { type StartPlace, startGate } from './start-gate.ts';

/** The health checks of an agent. */
interface Checks {
  replace(listed: Parameters<HealthChecks['replace']>[0]): void;
  stop(): void;
}

type HealthChecks = import('../composition/instances/running-checks.ts').HealthChecks;

/** Where the library runs: this computer and a NATS server, or what a test has instead. */
export interface Machine {
  /**
   * Waits until a start may begin.
   * @throws {Fault} `store-unavailable` if the signal aborts
   */
  beginStart(signal: AbortSignal | undefined): Promise<StartPlace>;
  /** Opens the ports for a run, or for a reader with this name. @throws {Fault} as `openPorts` */
  open(
    options: StoreOptions,
    as: RunRef | string,
    missing?: MissingNamespace,
  ): Promise<
    {
      readonly ports: Ports;
      /** Calls the listener when the connection breaks and when it is back. Returns a function that removes it. */
      onConnection(listener: (isUp: boolean) => void): () => void;
    } & AsyncDisposable
  >;
  slot(options: HostOptions, name: string): Promise<Slot>;
  runId(): RunId;
  /** The identity of this process. */
  process(): AgentRecord['process'];
  /** Address of instances that have a port and no address; undefined: none. */
  address(): string | undefined;
  checks(agent: Pick<Agent, 'reportCheck'>): Promise<Checks>;
}

/** This computer. */
export const thisMachine: Machine = {
  beginStart: (signal) => startGate.enter(signal),
  open: openPorts,
  slot: readSlot,
  runId: () => systemAdapters.entropy.runId(),
  process: systemAdapters.thisProcess,
  address: systemAdapters.hostAddress,
  async checks(agent) {
    const { HealthChecks } = await importChecks();
    return new HealthChecks(agent);
  },
};

const importChecks = importOnce(() => import('../composition/instances/running-checks.ts'));
