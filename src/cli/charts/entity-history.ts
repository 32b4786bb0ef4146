import type { Overlay } from '../../charts/model/overlay.ts';
import { type AuditEntry, chainName, parseAuditEvent } from '../../domain/events/audit-entry.ts';
import type { AuditEvent } from '../../domain/events/event-schema.ts';
import type { History } from '../../ports/audit.ts';
import { isAfter, type ReplayTarget } from '../../runtime/audit/replay.ts';

/** What one chain came to, up to a moment. */
export interface ChainSummary {
  readonly last: AuditEntry;
  /** How often each transition was taken. */
  readonly edges: Readonly<Record<string, number>>;
  /** The number of the first event that is left of it. */
  readonly from: number;
}

/** The chains that these filters match, each as far as it had come; the latest begun comes last. */
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

/** Of several lives the one that is meant: of the record's own chains the last that was begun. */
export const latestChain = (lives: readonly ChainSummary[]): ChainSummary | undefined =>
  lives.findLast(({ last }) => !isProcess(last.event)) ?? lives.at(-1);

const isProcess = ({ of }: AuditEvent): boolean =>
  of.entity === 'session' || of.entity === 'collector';

/** What a life marks on its chart. */
export const overlayOf = ({ last, edges }: ChainSummary, active: readonly string[]): Overlay => ({
  mode: 'one',
  active,
  last: last.event.edges,
  counts: { edges },
});
