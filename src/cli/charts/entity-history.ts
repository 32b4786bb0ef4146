import type { Overlay } from '../../charts/model/overlay.ts';
import { type AuditEntry, chainName, parseAuditEvent } from '../../domain/events/audit-entry.ts';
import type { AuditEvent } from '../../domain/events/event-schema.ts';
import { isAfter, type ReplayTarget } from '../../runtime/audit/replay.ts';
import type { History } from '../../runtime/history.ts';

/** What one chain came to, up to a moment. */
export interface Life {
  readonly last: AuditEntry;
  /** How often each transition was taken. */
  readonly edges: Readonly<Record<string, number>>;
  /** The number of the first event that is left of it. */
  readonly from: number;
}

/** The chains that these filters match, each as far as it had come; the latest begun comes last. */
export async function livesOf(
  history: History,
  filters: readonly string[],
  moment: ReplayTarget | undefined,
  signal: AbortSignal,
): Promise<readonly Life[]> {
  const lives = new Map<string, Life>();
  for await (const stored of history.read(0, filters)) {
    if (signal.aborted || (moment !== undefined && isAfter(stored, moment))) break;
    const read = parseAuditEvent(stored);
    if (read.kind === 'illegible') continue;
    const name = chainName(read.event.of);
    lives.set(name, grown(lives.get(name), read));
  }
  return [...lives.values()];
}

function grown(before: Life | undefined, last: AuditEntry): Life {
  const edges: Record<string, number> = { ...before?.edges };
  for (const edge of last.event.edges) edges[edge] = (edges[edge] ?? 0) + 1;
  return { last, edges, from: before?.from ?? last.event.n };
}

/** Of several lives the one that is meant: of the record's own chains the last that was begun. */
export const lifeMeant = (lives: readonly Life[]): Life | undefined =>
  lives.findLast(({ last }) => !isProcess(last.event)) ?? lives.at(-1);

const isProcess = ({ of }: AuditEvent): boolean =>
  of.entity === 'session' || of.entity === 'collector';

/** What a life marks on its chart. */
export const overlayOf = ({ last, edges }: Life, active: readonly string[]): Overlay => ({
  mode: 'one',
  active,
  last: last.event.edges,
  counts: { edges },
});
