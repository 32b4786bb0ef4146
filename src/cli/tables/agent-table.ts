import type { AgentRow } from '../../domain/fleet/directory-rows.ts';
import type { WallTime } from '../../domain/time.ts';
import { escapeControls } from '../terminal/escape-terminal.ts';
import { ago, formatSetting } from '../terminal/format-time.ts';
import type { Palette } from '../terminal/palette.ts';
import { type Flaps, flapsColumn } from './flaps-column.ts';
import { stateLabel } from './state-label.ts';
import { type Column, table } from './table.ts';

const columns = (now: WallTime, palette: Palette, flaps: Flaps): readonly Column<AgentRow>[] => [
  {
    head: 'AGENT',
    cell: ({ host, agent }) => escapeControls(`${host}/${agent}`),
    shrinks: true,
    least: 20,
  },
  { head: 'STATE', cell: ({ state }) => stateLabel(state, palette) },
  { head: 'REASON', cell: ({ reason }) => reason ?? '' },
  { head: 'SINCE', cell: ({ since }) => ago(since, now), right: true },
  { head: 'INSTANCES', cell: ({ instances }) => `${instances}`, right: true },
  { head: 'TTL', cell: ({ ttl }) => formatSetting(ttl), right: true },
  { head: 'RUN', cell: ({ run }) => run, extra: true },
  { head: 'TERM', cell: ({ term }) => `${term}`, right: true, extra: true },
  flapsColumn(flaps),
];

export const agentTable = (
  rows: readonly AgentRow[],
  now: WallTime,
  look: { readonly width: number; readonly palette: Palette },
  flaps: Flaps = new Map(),
): string => table(rows, columns(now, look.palette, flaps), look);
