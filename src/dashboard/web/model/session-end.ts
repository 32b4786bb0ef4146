import type { EntityState } from './agent-model.ts';
import { isPresent, runStatus } from './state-styles.ts';

export type RunsOf = (host: string, agent: string) => ReadonlyMap<string, EntityState> | undefined;

/** Whether a session that recorded no end is over, because its run was declared dead. */
export function endedWithRun({ entity, state }: EntityState, runsOf: RunsOf): boolean {
  if (entity.entity !== 'session' || state === 'fenced' || state === 'stopped') return false;
  const run = runsOf(entity.host, entity.agent)?.get(entity.run);
  return run !== undefined && !isPresent(runStatus(run.state));
}
