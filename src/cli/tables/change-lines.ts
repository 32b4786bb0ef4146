import type { WallTime } from '../../domain/time.ts';
import type { DirectoryChange } from '../../runtime/directory/row-changes.ts';
import { displayWidth, truncate } from '../terminal/display-width.ts';
import { escapeControls } from '../terminal/escape-terminal.ts';
import { clockTime } from '../terminal/format-time.ts';
import type { Palette } from '../terminal/palette.ts';
import { columnWidths } from './column-widths.ts';
import { reasonOf } from './instance-table.ts';
import { stateLabel } from './state-label.ts';

/** The change as a JSON document: the current or last row, and what changed. */
export function changeDocument({ before, now }: DirectoryChange, at: WallTime): object {
  const change = now ? (before ? 'changed' : 'appeared') : 'gone';
  const was = before ? { state: before.state, reason: before.reason } : null;
  return { event: 'instance', change, at, was, ...(now ?? before) };
}

/** The change as a line of at most `columns`. The longest part is shortened first. */
export function changeLine(
  { before, now }: DirectoryChange,
  palette: Palette,
  at: WallTime,
  columns = Number.POSITIVE_INFINITY,
): string {
  const row = now ?? before;
  if (!row) return '';
  const states = [...(before ? [before.state] : []), now?.state ?? ('gone' as const)];
  const words = states.map((one) => stateLabel(one, palette)).join(' → ');
  const why = now ? escapeControls(reasonOf(now)) : '';
  const texts = [
    escapeControls(`${row.service}/${row.id}`),
    why && ` (${why})`,
    escapeControls(`${row.host}/${row.agent}`),
  ];
  const claims = texts.map((text) => ({ natural: displayWidth(text), shrinks: true, least: 14 }));
  const time = clockTime(at);
  const room = columns - displayWidth(`${time}     ${words}`);
  const widths = Number.isFinite(room) ? columnWidths(claims, room) : [];
  const [name = '', reason = '', who = ''] = texts.map((text, n) =>
    truncate(text, widths[n] ?? room),
  );
  return `${palette.dim(time)} ${palette.bold(name)}  ${words}${reason}  ${palette.dim(who)}`;
}
