import type { InstanceRow } from '../../domain/fleet/directory-rows.ts';
import type { WallTime } from '../../domain/time.ts';
import { escapeControls } from '../terminal/escape-terminal.ts';
import { ago } from '../terminal/format-time.ts';
import type { Palette } from '../terminal/palette.ts';
import type { TableLook } from './column-widths.ts';
import { type Flaps, flapsColumn } from './flaps-column.ts';
import { stateLabel } from './state-label.ts';
import { type Column, table } from './table.ts';

/** Address and port of an instance. */
export const addressAndPort = ({ address, port }: InstanceRow): string =>
  [address ?? '', port ?? ''].filter((part) => part !== '').join(':');

/** Reason of the state: why it is dubious, who drains it, or the output of its check. */
export function reasonOf({ state, reason, health, drain }: InstanceRow): string {
  if (reason !== null) return reason;
  return state === 'draining' && drain ? drainedBy(drain) : (health.detail ?? '');
}

/** `drained by alice: new kernel`. The record of a drain that cannot be read has no operator. */
const drainedBy = ({ by, why }: NonNullable<InstanceRow['drain']>): string =>
  by === null
    ? `drained; its drain cannot be read: ${why}`
    : `drained by ${by.slice(by.lastIndexOf('/') + 1)}${why === null ? '' : `: ${why}`}`;

type Row = InstanceRow & { readonly zone?: string };

const columns = (now: WallTime, palette: Palette, flaps: Flaps): readonly Column<Row>[] => [
  {
    head: 'INSTANCE',
    cell: ({ service, id }) => escapeControls(`${service}/${id}`),
    isName: true,
  },
  { head: 'STATE', cell: ({ state }) => stateLabel(state, palette) },
  { head: 'REASON', cell: (row) => escapeControls(reasonOf(row)), shrinks: true, least: 14 },
  { head: 'SINCE', cell: ({ since }) => ago(since, now), right: true },
  {
    head: 'ADDRESS',
    cell: (row) => escapeControls(addressAndPort(row)),
    shrinks: true,
    least: 14,
    optional: true,
  },
  { head: 'AGENT', cell: ({ host, agent }) => escapeControls(`${host}/${agent}`), isName: true },
  { head: 'ZONE', cell: ({ zone = '' }) => escapeControls(zone), shrinks: true, optional: true },
  {
    head: 'LABELS',
    cell: ({ labels }) => escapeControls(labelsOf(labels)),
    shrinks: true,
    least: 14,
    optional: true,
  },
  flapsColumn(flaps),
];

const labelsOf = (labels: Readonly<Record<string, string>>): string =>
  Object.entries(labels)
    .map(([name, value]) => `${name}=${value}`)
    .join(' ');

export const instanceTable = (
  rows: readonly Row[],
  now: WallTime,
  look: TableLook,
  flaps: Flaps = new Map(),
): string => table(rows, columns(now, look.palette, flaps), look);
