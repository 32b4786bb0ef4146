import type { InstanceId, RunId, ServiceName } from '../../domain/identity/names.ts';
import type { Health } from '../../domain/records/desired-instances.ts';
import type { HealthCheck } from '../../domain/records/health-check.ts';
import type { RegistrationTerms } from '../../domain/registrations/registration.ts';
import type { Millis, Revision } from '../../domain/time.ts';

/** Name of an instance of this agent. */
export interface InstanceName {
  readonly service: ServiceName;
  readonly id: InstanceId;
}

/** What a program asks for when it registers an instance. */
export interface RegisterRequest extends RegistrationTerms {
  readonly health: Health | undefined;
  readonly check: HealthCheck | undefined;
}

/** The agent behind the API. `term` is 0 until it has its slot. */
export interface AgentIdentity {
  readonly host: string;
  readonly agent: string;
  readonly run: string;
  readonly term: number;
  /** State of its session; `connecting` until the store answers. */
  readonly state: string;
}

/** An instance that was registered through the API. */
export interface RegisteredInstance extends RegistrationTerms {
  readonly health: Health;
  /** Open connections that hold it. */
  readonly attached: number;
}

/**
 * How a change of the registry ended: `stored`: the registry has it; `pending`: the store did not answer
 * in time, and the agent goes on trying; `too-large`: the store does not take the instance; `ended`: the
 * run of the agent is over.
 */
export type WriteOutcome =
  | { readonly outcome: 'stored'; readonly run: RunId; readonly token: Revision }
  | { readonly outcome: 'removed' | 'pending' | 'too-large' | 'ended' };

/** Why an instance is not registered. */
export type RegisterRefusal =
  /** Another source of the agent has the name: its instances file or Docker. */
  | { readonly refused: 'taken'; readonly by: string }
  | { readonly refused: 'too-many'; readonly limit: number };

/** What the local API can do. Each method with a name answers `unknown` if it is not registered here. */
export interface Registrar {
  identity(): AgentIdentity;
  list(): readonly RegisteredInstance[];
  register(
    request: RegisterRequest,
  ): Promise<(WriteOutcome & { readonly isNew: boolean }) | RegisterRefusal>;
  report(name: InstanceName, health: Health): Promise<WriteOutcome | 'unknown'>;
  /** A sign of life, with a health if the program sends one. Does not wait for the store. */
  beat(name: InstanceName, health: Health | undefined): 'done' | 'unknown' | 'ended';
  /** The registration lives until `detach` is called. */
  attach(name: InstanceName): { readonly detach: () => void } | 'unknown' | 'ended';
  /** Waits until the instance has drained and the registry has it no longer. */
  deregister(name: InstanceName, drainFor: Millis): Promise<WriteOutcome | 'unknown'>;
}
