import type { Instant } from '../domain/time.ts';
import type { DirectoryChange } from '../runtime/directory.ts';
import { whyOf } from './instance-table.ts';
import type { Palette } from './palette.ts';
import { printable } from './printable.ts';
import { stateWord } from './states.ts';
import { clockTime } from './times.ts';

/** The change as a document: the row as it is now, or was last, and what is new about it. */
export function changeDocument({ before, now }: DirectoryChange, at: Instant): object {
  const change = now ? (before ? 'changed' : 'appeared') : 'gone';
  const was = before ? { state: before.state, reason: before.reason } : null;
  return { event: 'instance', change, at, was, ...(now ?? before) };
}

/** The change as a line. */
export function changeLine(
  { before, now }: DirectoryChange,
  palette: Palette,
  at: Instant,
): string {
  const row = now ?? before;
  if (!row) return '';
  const from = before ? `${stateWord(before.state, palette)} → ` : '';
  const to = stateWord(now?.state ?? 'gone', palette);
  const why = now ? whyOf(now) : '';
  const who = palette.dim(printable(`${row.host}/${row.agent}`));
  const name = palette.bold(printable(`${row.service}/${row.id}`));
  return `${palette.dim(clockTime(at))} ${name}  ${from}${to}${why && ` (${printable(why)})`}  ${who}`;
}
