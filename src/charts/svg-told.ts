import type { Row } from './picture.ts';
import { sentence } from './words.ts';

/** What a pointer that rests on a transition is told. */
export const told = (row: Row): string =>
  row.description === null ? sentence(row) : `${sentence(row)}\n${row.description}`;
