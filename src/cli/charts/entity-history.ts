import type { Overlay } from '../../charts/model/overlay.ts';
import { type AuditEntry, chainName, parseAuditEvent } from '../../domain/events/audit-entry.ts';
import type { AuditEvent } from '../../domain/events/event-schema.ts';
import type { History } from '../../ports/audit.ts';
import { isAfter, type ReplayTarget } from '../../runtime/audit/replay.ts';

/** State of one event chain at a moment. */
export interface ChainSummary {
  readonly last: AuditEntry;
  /** Count of each transition. */
  readonly edges: Readonly<Record<string, number>>;
  /** Number of its first event that is still in the history. */
  readonly from: number;
}

/** The chains that match the filters, up to the moment, in order of their first event. */
export async function summarizeChains(
  history: History,
  filters: readonly string[],
  moment: ReplayTarget | undefined,
  signal: AbortSignal,
): Promise<readonly ChainSummary[]> {
  const lives = new Map<string, ChainSummary>();
  for await (const stored of history.read(0, filters)) {
    if (signal.aborted || (moment !== undefined && isAfter(stored, moment))) break;
    const read = parseAuditEvent(stored);
    if (read.kind === 'illegible') continue;
    const name = chainName(read.event.of);
    lives.set(name, grown(lives.get(name), read));
  }
  return [...lives.values()];
}

function grown(before: ChainSummary | undefined, last: AuditEntry): ChainSummary {
  const edges: Record<string, number> = { ...before?.edges };
  for (const edge of last.event.edges) edges[edge] = (edges[edge] ?? 0) + 1;
  return { last, edges, from: before?.from ?? last.event.n };
}

/** The latest chain of a record, else the latest chain. */
export const latestChain = (lives: readonly ChainSummary[]): ChainSummary | undefined =>
  lives.findLast(({ last }) => !isProcess(last.event)) ?? lives.at(-1);

const isProcess = ({ of }: AuditEvent): boolean =>
  of.entity === 'session' || of.entity === 'collector';

/** Marks of a chain on its chart. */
export const overlayOf = ({ last, edges }: ChainSummary, active: readonly string[]): Overlay => ({
  mode: 'one',
  active,
  last: last.event.edges,
  counts: { edges },
});
