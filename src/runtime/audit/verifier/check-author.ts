import { chainName } from '../../../domain/events/audit-entry.ts';
import type { AuditEvent } from '../../../domain/events/event-schema.ts';
import type { ChainIndex, ChainState } from './chain-index.ts';
import type { EventViolation } from './check-event.ts';

/**
 * Whether its author might do it at that moment: a run that is over writes no more (G3), and nobody
 * but its own agent ends what a live run owns (G1). The store holds everybody to it by its fences; here
 * it is seen when something got around them.
 */
export function checkAuthority(
  { of, actor, event }: AuditEvent,
  chains: Pick<ChainIndex, 'get'>,
  trimmed: boolean,
): EventViolation | undefined {
  if (of.entity !== 'instance') return undefined;
  const runOf = ({ host, agent, run }: AuditEvent['actor']) =>
    chains.get(chainName({ entity: 'run', host, agent, run }));
  const found = `${actor.host}/${actor.agent} run ${actor.run}`;
  if (!isCollected(event)) {
    const own = runOf(actor);
    // Where the history has its beginning, a run that is not known never was, or was over long ago.
    if (own ? !isOver(own) : trimmed) return undefined;
    return { check: 'author', expected: 'a run that is not over (G3)', found };
  }
  // Whoever collects is a run of its own, also where it shares its slot with an agent.
  const owner = runOf(of);
  // An orphan's slot has no record, whatever became of it.
  if (owner === undefined || isOver(owner) || event['why'] === 'orphan') return undefined;
  return { check: 'author', expected: 'its own agent: the owner is not over (G1)', found };
}

const isCollected = ({ type, ...event }: AuditEvent['event']): boolean =>
  type === 'removed' && collectors.has(String(event['why']));
const collectors = new Set(['owner-expired', 'superseded', 'orphan']);

const isOver = (run: ChainState): boolean => run.done || run.value === 'expired';
