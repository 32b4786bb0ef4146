import type { LabelLine } from '../diagram/diagram.ts';
import { labelText } from '../model/transition-label.ts';

/** What a pointer that rests on a transition is told. */
export const tooltipText = (row: LabelLine): string =>
  row.description === null ? labelText(row) : `${labelText(row)}\n${row.description}`;
