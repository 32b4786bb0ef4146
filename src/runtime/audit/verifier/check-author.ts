import { chainName } from '../../../domain/events/audit-entry.ts';
import { requiredAuthor } from '../../../domain/events/author-rules.ts';
import type { AuditEvent } from '../../../domain/events/event-schema.ts';
import type { ChainIndex, ChainState } from './chain-index.ts';
import type { EventViolation } from './check-event.ts';

/** Both answers to "who may write this event": by its type, and by the state of the runs. */
export function authorViolations(
  event: AuditEvent,
  chains: Pick<ChainIndex, 'get'>,
  isTrimmed: boolean,
): readonly EventViolation[] {
  const { host, agent, run } = event.actor;
  const found = `${host}/${agent} run ${run}`;
  return [requiredAuthor(event), requiredAuthorNow(event, chains, isTrimmed)]
    .filter((expected) => expected !== undefined)
    .map((expected) => ({ check: 'author', expected, found }));
}

/**
 * The author that the event required at that moment, undefined if its author was permitted: a run
 * that has ended writes nothing (G3), and only its own agent ends what an active run owns (G1). The
 * store enforces both by fences; this check finds what got around them.
 */
function requiredAuthorNow(
  { of, actor, event }: AuditEvent,
  chains: Pick<ChainIndex, 'get'>,
  isTrimmed: boolean,
): string | undefined {
  if (of.entity !== 'instance') return undefined;
  const runOf = ({ host, agent, run }: AuditEvent['actor']) =>
    chains.get(chainName({ entity: 'run', host, agent, run }));
  if (!isCollected(event)) {
    const authorRun = runOf(actor);
    // In a complete history, an unknown run never existed or ended long ago.
    if (authorRun ? !hasEnded(authorRun) : isTrimmed) return undefined;
    return 'a run that has not ended (G3)';
  }
  // A collector has its own run, also in the slot of an agent.
  const owner = runOf(of);
  // The slot of an orphan has no record, for whatever reason.
  if (owner === undefined || hasEnded(owner) || event['why'] === 'orphan') return undefined;
  return 'its own agent: the owner has not ended (G1)';
}

const isCollected = ({ type, ...event }: AuditEvent['event']): boolean =>
  type === 'removed' && collectors.has(String(event['why']));
const collectors = new Set(['owner-expired', 'superseded', 'orphan']);

const hasEnded = (run: ChainState): boolean => run.done || run.value === 'expired';
