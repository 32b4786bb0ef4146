import type { Row } from '../diagram/diagram.ts';
import { sentence } from '../model/transition-label.ts';

/** What a pointer that rests on a transition is told. */
export const tooltipText = (row: Row): string =>
  row.description === null ? sentence(row) : `${sentence(row)}\n${row.description}`;
