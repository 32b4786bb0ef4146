import type { AgentRecord } from '../domain/records/schemas.ts';

/** The processes of this host that this process can see. */
export interface ProcessTable {
  /**
   * True only for a process of this boot and this pid namespace that no longer exists. Any other process
   * is unknown and counts as alive, also when its pid is used again. On a machine restored from a memory
   * snapshot it is true for a process that runs on the original machine: ask the run first.
   */
  isGone(process: AgentRecord['process']): boolean;
}
