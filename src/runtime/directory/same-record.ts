import type { AgentView } from '../../domain/fleet/fleet.ts';
import type { LeanInstance } from './lean-instance.ts';

/**
 * Whether two instances have the same record. Not by revision alone: in a store that was restored, the same revision
 * may be another record.
 */
export const isSameInstance = (a: LeanInstance, b: LeanInstance): boolean =>
  a.revision === b.revision &&
  a.run === b.run &&
  a.token === b.token &&
  a.state === b.state &&
  a.address === b.address &&
  a.port === b.port &&
  a.detail === b.detail &&
  a.registeredAt === b.registeredAt &&
  a.since === b.since &&
  (a.labels === b.labels || JSON.stringify(a.labels) === JSON.stringify(b.labels));

/** Whether two readable records of an agent are the same. */
export function isSameAgent(a: AgentView['agent'], b: AgentView['agent']): boolean {
  if (a?.kind !== 'stored' || b?.kind !== 'stored') return false;
  return a.revision === b.revision && JSON.stringify(a.record) === JSON.stringify(b.record);
}
