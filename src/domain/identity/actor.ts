import { z } from 'zod';
import { AgentName, HostId, RunId } from './names.ts';

/** Who wrote it: a process is always a run, also a collector or a command that has no instances. */
export const Actor = z.object({ host: HostId, agent: AgentName, run: RunId });
export type Actor = z.infer<typeof Actor>;
