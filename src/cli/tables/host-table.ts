import type { AgentRow, InstanceRow } from '../../domain/fleet/directory-rows.ts';
import { compareText } from '../../domain/fleet/row-order.ts';
import type { WallTime } from '../../domain/time.ts';
import { escapeControls } from '../terminal/escape-terminal.ts';
import { ago } from '../terminal/format-time.ts';
import type { Palette } from '../terminal/palette.ts';
import type { TableLook } from './column-widths.ts';
import { stateLabel } from './state-label.ts';
import { type Column, table } from './table.ts';

const columns = (now: WallTime, palette: Palette): readonly Column<HostRow>[] => [
  { head: 'HOST', cell: ({ host }) => escapeControls(host), isName: true },
  { head: 'STATE', cell: ({ state }) => stateLabel(state, palette) },
  { head: 'REASON', cell: ({ reason }) => reason ?? '' },
  { head: 'SINCE', cell: ({ since }) => ago(since, now), right: true },
  { head: 'ZONE', cell: ({ zone = '' }) => escapeControls(zone), shrinks: true, optional: true },
  { head: 'AGENTS', cell: ({ agents }) => countsOf(agents), shrinks: true },
  { head: 'INSTANCES', cell: ({ instances }) => countsOf(instances), shrinks: true },
];

export const hostTable = (rows: readonly HostRow[], now: WallTime, look: TableLook): string =>
  table(rows, columns(now, look.palette), look);

const countsOf = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .map(([state, n]) => `${n} ${state}`)
    .join(', ');

/** A host in views: its agents and instances, counted by state. */
export interface HostRow {
  readonly host: string;
  /** The best state of its agents; `gone` if only instances are left. */
  readonly state: AgentRow['state'] | 'gone';
  readonly reason: string | null;
  /** That of its best agent. */
  readonly zone?: string;
  readonly since: WallTime;
  readonly agents: Readonly<Record<string, number>>;
  readonly instances: Readonly<Record<string, number>>;
}

/** Best first: one live agent proves that the machine is up. */
const ranks: readonly AgentRow['state'][] = [
  'live',
  'registering',
  'leaving',
  'suspect',
  'expired',
];

const rankOf = ({ state }: AgentRow): number => ranks.indexOf(state);

export function hostRows(
  agents: readonly (AgentRow & { readonly zone?: string })[],
  instances: readonly InstanceRow[],
): readonly HostRow[] {
  const names = new Set([...agents, ...instances].map(({ host }) => host));
  return [...names].toSorted(compareText).map((host) => {
    const own = agents.filter((agent) => agent.host === host).toSorted(bestFirst);
    const runs = instances.filter((instance) => instance.host === host);
    const [best] = own;
    return {
      host,
      state: best?.state ?? 'gone',
      reason: best ? best.reason : 'orphan',
      since: best?.since ?? Math.max(...runs.map(({ since }) => since)),
      agents: counted(own),
      instances: counted(runs),
      ...(best?.zone !== undefined && { zone: best.zone }),
    };
  });
}

/** Among agents in the same state, the latest change gives the `since` of the host. */
const bestFirst = (a: AgentRow, b: AgentRow): number => rankOf(a) - rankOf(b) || b.since - a.since;

function counted(rows: readonly { readonly state: string }[]): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { state } of rows) counts[state] = (counts[state] ?? 0) + 1;
  return counts;
}
