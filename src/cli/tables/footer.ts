import type { Directory } from '../../runtime/directory/directory.ts';
import { formatRounded } from '../terminal/format-time.ts';
import type { Terminal } from '../terminal/io.ts';

/** What stands below every table: how old the view is, and whatever makes it less than it seems. */
export function footer(
  directory: Pick<Directory, 'age' | 'observed' | 'unreadable'>,
  counted: string,
  { palette }: Pick<Terminal, 'palette'>,
): string {
  const unreadable = directory.unreadable().length;
  const lines = [palette.dim(`${counted}; the view is ${formatRounded(directory.age ?? 0)} old`)];
  if (!directory.observed) {
    lines.push(
      `${palette.dubious('unobserved')}: no collector holds a seat, so nobody notices a silence`,
      palette.dim('start one: rollcall collector'),
    );
  }
  if (unreadable > 0) {
    lines.push(
      `${palette.dubious(`${plural(unreadable, 'record')} cannot be read`)} and ${unreadable === 1 ? 'is' : 'are'} left alone`,
      palette.dim('which, and why: rollcall doctor'),
    );
  }
  return lines.join('\n');
}

export const plural = (n: number, what: string): string => `${n} ${what}${n === 1 ? '' : 's'}`;
