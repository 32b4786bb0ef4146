export { Fault, type FaultCode } from './domain/fault.ts';
export type {
  AgentRow,
  DubiousReason,
  InstanceRow,
  InstanceState,
} from './domain/fleet/directory-rows.ts';
export type { PickPolicy } from './domain/fleet/pick.ts';
export type { Health } from './domain/records/desired-instances.ts';
export type {
  AgentEvent,
  AgentOptions,
  AgentState,
  RunningAgent,
} from './library/agent-types.ts';
export type {
  DirectoryEvent,
  DirectoryOptions,
  OpenDirectory,
  PickOptions,
} from './library/directory-types.ts';
export type { InstanceOptions } from './library/instances-option.ts';
export { openDirectory } from './library/open-directory.ts';
export type { ApplicationConnection, StoreOptions } from './library/open-ports.ts';
export type { Duration } from './library/options.ts';
export { type RegisteredSelf, registerSelf, type SelfOptions } from './library/register-self.ts';
export {
  type ReplayedFleet,
  type ReplayFileOptions,
  type ReplayStoreOptions,
  replay,
} from './library/replay.ts';
export { startAgent } from './library/start-agent.ts';
export {
  type CollectorOptions,
  type CollectorState,
  type RunningCollector,
  startCollector,
} from './library/start-collector.ts';
export type { Log } from './ports/log.ts';
export type { BrakeReading, LeaseOwner, Meters, Metrics } from './ports/metrics.ts';
export type { DirectoryChange } from './runtime/directory/row-changes.ts';
export type { ProcessTransition } from './runtime/transitions/process-chain.ts';
