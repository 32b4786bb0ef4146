import type { Health } from '../domain/records/desired-instances.ts';
import type { ProcessTransition } from '../runtime/transitions/process-chain.ts';
import type { InstanceOptions } from './instances-option.ts';
import type { StoreOptions } from './open-ports.ts';
import type { Duration, HostOptions, LeaseOptions } from './options.ts';

/** Options of `startAgent`. */
export interface AgentOptions extends StoreOptions, LeaseOptions, HostOptions {
  /** Name of the agent, unique on its host. `host` and `name` identify its slot. */
  readonly name: string;
  /** Instances to register at the start; default: none. */
  readonly instances?: readonly InstanceOptions[];
  /**
   * Failure domain of the host, such as a rack or a site. The brake counts silent runs per zone. Default:
   * the zone of hosts without one.
   */
  readonly zone?: string;
  /**
   * Address of the host, at most 1024 characters; it is never an identity. Instances with a port and without
   * an address have it too. Default for them: the first address of the network interfaces of this host.
   */
  readonly address?: string;
  /** Whether it takes the slot from a live run. Default false: `slot-held` is thrown. */
  readonly takeover?: boolean;
  /**
   * What happens after this run expired: `start-over` starts a new run and registers all instances again;
   * `exit` rejects `done` with `expired`. Default `start-over`.
   */
  readonly whenExpired?: 'start-over' | 'exit';
  /** Whether it competes for a collector seat, from when its instances are registered; default true. */
  readonly collect?: boolean;
  /** Time for which instances are `draining` before `stop` removes them; default 0. */
  readonly drain?: Duration;
  /** Called after each transition of the agent's session machine. */
  readonly onTransition?: (transition: ProcessTransition) => void;
}

/** A state of an agent's session. */
export type AgentState =
  | 'connecting'
  | 'claiming'
  | 'reconciling'
  | 'serving'
  | 'lapsed'
  | 'leaving'
  | 'fenced'
  | 'stopped';

/**
 * What `RunningAgent.on` can report. `lapsed`: its lease was not renewed in time, so consumers may doubt its
 * instances until it comes back. `refuted`: a collector had suspected it, and its record shows again that it is alive.
 * `restarted`: its run had expired, and a new run has registered all instances again. `disconnected`: its connection to
 * the server broke; `connected`: it is back.
 */
export type AgentEvent = 'lapsed' | 'refuted' | 'restarted' | 'connected' | 'disconnected';

/** A running agent. Disposing it is the same as `stop`. */
export interface RunningAgent extends AsyncDisposable {
  /** Id of its host. */
  readonly host: string;
  /** Name of the agent. */
  readonly name: string;
  /** Current run id. Changes when the agent restarts as a new run after expiry. */
  readonly run: string;
  /** Fencing token of the current run; it grows with each run of the slot. 0: the run has no slot yet. */
  readonly term: number;
  /**
   * State of its session: see docs/explanation/machines.md.
   */
  readonly state: AgentState;
  /**
   * Sets all instances that the agent runs now. It registers the new ones, updates the changed ones and
   * removes the others, in the background.
   * @throws {Fault} `bad-setting` if an instance breaks a rule or is listed twice, or after the agent has stopped
   */
  replace(instances: readonly InstanceOptions[]): void;
  /**
   * Sets the health of an instance that has no health check; `detail` has at most 4096 characters.
   * `draining` also holds for an instance with a check, until another health is reported; the instance is then
   * registered again, with a new token.
   * @throws {Fault} `bad-setting` if the health breaks its rule, if the agent has no such instance, or after the
   * agent has stopped
   */
  report(instance: { readonly service: string; readonly id: string }, health: Health): void;
  /**
   * Removes the instances and the agent and releases the lease. Waits at most 3 s for a store that does
   * not answer; a collector then removes the rest after expiry.
   */
  stop(): Promise<void>;
  /** The same as `stop`. */
  close(): Promise<void>;
  /** Calls the listener at each such event. Returns a function that removes the listener. */
  on(event: AgentEvent, listener: () => void): () => void;
  /**
   * Resolves when the agent has stopped.
   * @throws {Fault} `superseded` if another run took the slot; `expired` with `whenExpired: 'exit'`
   */
  readonly done: Promise<void>;
}
