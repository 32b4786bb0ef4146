import type { AgentRow } from '../../domain/fleet/directory-rows.ts';
import type { WallTime } from '../../domain/time.ts';
import { escapeControls } from '../terminal/escape-terminal.ts';
import { ago, formatSetting } from '../terminal/format-time.ts';
import type { Palette } from '../terminal/palette.ts';
import type { TableLook } from './column-widths.ts';
import { type Flaps, flapsColumn } from './flaps-column.ts';
import { stateLabel } from './state-label.ts';
import { type Column, table } from './table.ts';

/** What a list knows of agents beside their rows, by `host/agent`. */
interface AgentDetails {
  readonly flaps?: Flaps;
  readonly zones?: ReadonlyMap<string, string>;
}

const columns = (
  now: WallTime,
  palette: Palette,
  { flaps = new Map(), zones = new Map() }: AgentDetails,
): readonly Column<AgentRow>[] => [
  {
    head: 'AGENT',
    cell: ({ host, agent }) => escapeControls(`${host}/${agent}`),
    isName: true,
  },
  {
    head: 'ZONE',
    cell: ({ host, agent }) => escapeControls(zones.get(`${host}/${agent}`) ?? ''),
    shrinks: true,
    optional: true,
  },
  { head: 'STATE', cell: ({ state }) => stateLabel(state, palette) },
  { head: 'REASON', cell: ({ reason }) => reason ?? '' },
  { head: 'SINCE', cell: ({ since }) => ago(since, now), right: true },
  { head: 'INSTANCES', cell: ({ instances }) => `${instances}`, right: true },
  { head: 'TTL', cell: ({ ttl }) => formatSetting(ttl), right: true },
  { head: 'RUN', cell: ({ run }) => run, optional: true },
  { head: 'TERM', cell: ({ term }) => `${term}`, right: true, optional: true },
  flapsColumn(flaps),
];

export const agentTable = (
  rows: readonly AgentRow[],
  now: WallTime,
  look: TableLook,
  details: AgentDetails = {},
): string => table(rows, columns(now, look.palette, details), look);
