import type { AgentRecord } from '../domain/records/schemas.ts';

/** The processes of this host that this process can see. */
export interface ProcessTable {
  /**
   * True only for a process of this boot and this pid namespace that no longer exists. Any other process
   * is unknown and counts as alive, also when its pid is used again.
   */
  isGone(process: AgentRecord['process']): boolean;
}
