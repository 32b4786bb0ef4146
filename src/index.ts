export { Fault, type FaultCode } from './domain/fault.ts';
export type {
  AgentRow,
  DubiousReason,
  InstanceRow,
  InstanceState,
} from './domain/fleet/directory-rows.ts';
export type { PickPolicy } from './domain/fleet/pick.ts';
export type { Health } from './domain/records/desired-instances.ts';
export {
  type DirectoryOptions,
  type OpenDirectory,
  openDirectory,
  type PickOptions,
} from './library/open-directory.ts';
export type { StoreOptions } from './library/open-ports.ts';
export type { Duration } from './library/options.ts';
export {
  type ReplayedFleet,
  type ReplayFileOptions,
  type ReplayStoreOptions,
  replay,
} from './library/replay.ts';
export {
  type AgentOptions,
  type InstanceOptions,
  type RunningAgent,
  startAgent,
} from './library/start-agent.ts';
export {
  type CollectorOptions,
  type RunningCollector,
  startCollector,
} from './library/start-collector.ts';
export type { Log } from './ports/log.ts';
export type { BrakeReading, LeaseOwner, Meters, Metrics } from './ports/metrics.ts';
export type { DirectoryChange } from './runtime/directory/row-changes.ts';
export type { ProcessTransition } from './runtime/transitions/process-chain.ts';
