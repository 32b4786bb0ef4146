import type { AgentRecord } from '../domain/records/schemas.ts';

/** The processes of this machine, as far as one of them can see the others. */
export interface ProcessTable {
  /**
   * True only for a process of this boot and this pid namespace that is gone: of any other nothing is
   * known, and a process id that somebody else has by now counts as alive.
   */
  isGone(process: AgentRecord['process']): boolean;
}
