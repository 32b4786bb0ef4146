import { chainName } from '../../../domain/events/audit-entry.ts';
import type { AuditEvent } from '../../../domain/events/event-schema.ts';
import type { ChainIndex, ChainState } from './chain-index.ts';
import type { EventViolation } from './check-event.ts';

/**
 * Whether the author was allowed to write the event at that moment: a run that has ended writes
 * nothing (G3), and only its own agent ends what an active run owns (G1). The store enforces both
 * by fences; this check finds what got around them.
 */
export function checkAuthority(
  { of, actor, event }: AuditEvent,
  chains: Pick<ChainIndex, 'get'>,
  isTrimmed: boolean,
): EventViolation | undefined {
  if (of.entity !== 'instance') return undefined;
  const runOf = ({ host, agent, run }: AuditEvent['actor']) =>
    chains.get(chainName({ entity: 'run', host, agent, run }));
  const found = `${actor.host}/${actor.agent} run ${actor.run}`;
  if (!isCollected(event)) {
    const authorRun = runOf(actor);
    // In a complete history, an unknown run never existed or ended long ago.
    if (authorRun ? !hasEnded(authorRun) : isTrimmed) return undefined;
    return { check: 'author', expected: 'a run that is not over (G3)', found };
  }
  // A collector has its own run, also in the slot of an agent.
  const owner = runOf(of);
  // The slot of an orphan has no record, whatever happened to it.
  if (owner === undefined || hasEnded(owner) || event['why'] === 'orphan') return undefined;
  return { check: 'author', expected: 'its own agent: the owner is not over (G1)', found };
}

const isCollected = ({ type, ...event }: AuditEvent['event']): boolean =>
  type === 'removed' && collectors.has(String(event['why']));
const collectors = new Set(['owner-expired', 'superseded', 'orphan']);

const hasEnded = (run: ChainState): boolean => run.done || run.value === 'expired';
