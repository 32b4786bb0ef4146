import { escapeControls } from '../terminal/escape-terminal.ts';
import type { TableLook } from './column-widths.ts';
import { type Column, table } from './table.ts';

/** A server of HAProxy and what is in it. */
export interface SlotRow {
  readonly server: string;
  readonly address: string;
  readonly state: string;
  readonly instance: string;
}

const columns: readonly Column<SlotRow>[] = [
  { head: 'SERVER', cell: ({ server }) => escapeControls(server) },
  { head: 'ADDRESS', cell: ({ address }) => escapeControls(address), shrinks: true },
  { head: 'STATE', cell: ({ state }) => state },
  { head: 'INSTANCE', cell: ({ instance }) => escapeControls(instance), isName: true },
];

export const slotTable = (rows: readonly SlotRow[], look: TableLook): string =>
  table(rows, columns, look);
