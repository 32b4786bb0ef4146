import type { InstanceRow } from '../../domain/fleet/directory-rows.ts';
import type { WallTime } from '../../domain/time.ts';
import { escapeControls } from '../terminal/escape-terminal.ts';
import { ago } from '../terminal/format-time.ts';
import type { Palette } from '../terminal/palette.ts';
import { stateLabel } from './state-label.ts';
import { type Column, table } from './table.ts';

/** Address and port of an instance. */
export const addressAndPort = ({ address, port }: InstanceRow): string =>
  [address ?? '', port ?? ''].filter((part) => part !== '').join(':');

/** Reason of the state: why it is dubious, or the output of its check. */
export const reasonOf = ({ reason, health }: InstanceRow): string => reason ?? health.detail ?? '';

const columns = (now: WallTime, palette: Palette): readonly Column<InstanceRow>[] => [
  {
    head: 'INSTANCE',
    cell: ({ service, id }) => escapeControls(`${service}/${id}`),
    shrinks: true,
    least: 26,
  },
  { head: 'STATE', cell: ({ state }) => stateLabel(state, palette) },
  { head: 'REASON', cell: (row) => escapeControls(reasonOf(row)), shrinks: true, least: 14 },
  { head: 'SINCE', cell: ({ since }) => ago(since, now), right: true },
  { head: 'ADDRESS', cell: (row) => escapeControls(addressAndPort(row)), shrinks: true, least: 14 },
  {
    head: 'AGENT',
    cell: ({ host, agent }) => escapeControls(`${host}/${agent}`),
    shrinks: true,
    least: 14,
  },
  {
    head: 'LABELS',
    cell: ({ labels }) => escapeControls(labelsOf(labels)),
    shrinks: true,
    least: 14,
    extra: true,
  },
];

const labelsOf = (labels: Readonly<Record<string, string>>): string =>
  Object.entries(labels)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ');

export const instanceTable = (
  rows: readonly InstanceRow[],
  now: WallTime,
  look: { readonly width: number; readonly palette: Palette },
): string => table(rows, columns(now, look.palette), look);
