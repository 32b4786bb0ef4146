import { type Millis, seconds } from '../../domain/time.ts';
import type { Directory } from '../../runtime/directory/directory.ts';
import { formatRounded } from '../terminal/format-time.ts';
import type { Terminal } from '../terminal/io.ts';

/** The seats are read every 15 s. After two failed reads, their last values are stale. */
const observedStaleAfter: Millis = seconds(45);

/** Lines below a table: the age of the view, and what makes the view incomplete. */
export function footer(
  directory: Pick<Directory, 'age' | 'observed' | 'observedAge' | 'unreadable'>,
  counted: string,
  { palette }: Pick<Terminal, 'palette'>,
): string {
  const unreadable = directory.unreadable().length;
  const lines = [palette.dim(`${counted}; the view is ${formatRounded(directory.age ?? 0)} old`)];
  const { observedAge = 0 } = directory;
  if (observedAge > observedStaleAfter) {
    lines.push(
      `${palette.dubious('unknown')} whether a collector is active: the seats were last read ${formatRounded(observedAge)} ago`,
      palette.dim('to check the rights of this user: rollcall doctor'),
    );
  } else if (!directory.observed) {
    lines.push(
      `${palette.dubious('unobserved')}: no collector is active, so silent agents are not detected`,
      palette.dim('to start one: rollcall collector'),
    );
  }
  if (unreadable > 0) {
    lines.push(
      `${palette.dubious(plural(unreadable, 'unreadable record'))}: not shown and not changed`,
      palette.dim('details: rollcall doctor'),
    );
  }
  return lines.join('\n');
}

/** `2 of 10 instances`; `10 instances` if all are shown. */
export const shownOf = (shown: number, all: number, what: string): string =>
  `${shown === all ? '' : `${shown} of `}${plural(all, what)}`;

export const plural = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`;
