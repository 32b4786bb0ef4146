import type { WallTime } from '../../domain/time.ts';
import { escapeControls } from '../terminal/escape-terminal.ts';
import { ago } from '../terminal/format-time.ts';
import type { Palette } from '../terminal/palette.ts';
import type { HostRow } from './host-rows.ts';
import { stateLabel } from './state-label.ts';
import { type Column, table } from './table.ts';

const columns = (now: WallTime, palette: Palette): readonly Column<HostRow>[] => [
  { head: 'HOST', cell: ({ host }) => escapeControls(host), shrinks: true },
  { head: 'STATE', cell: ({ state }) => stateLabel(state, palette) },
  { head: 'REASON', cell: ({ reason }) => reason ?? '' },
  { head: 'SINCE', cell: ({ since }) => ago(since, now), right: true },
  { head: 'AGENTS', cell: ({ agents }) => countsOf(agents), shrinks: true },
  { head: 'INSTANCES', cell: ({ instances }) => countsOf(instances), shrinks: true },
];

export const hostTable = (
  rows: readonly HostRow[],
  now: WallTime,
  look: { readonly width: number; readonly palette: Palette },
): string => table(rows, columns(now, look.palette), look);

const countsOf = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .map(([state, n]) => `${n} ${state}`)
    .join(', ');
