import { columnsOf, partsOf } from './display-width.ts';

/** Broken at blanks; a word that is longer than a line is broken too, wherever a line ends. */
export function wrapped(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let room = 0;
  for (const word of text.split(' ')) {
    const [first = '', ...more] = partsOf(word, width);
    if (lines.length > 0 && columnsOf(first) < room) lines[lines.length - 1] += ` ${first}`;
    else lines.push(first);
    lines.push(...more);
    room = width - columnsOf(lines.at(-1) ?? '');
  }
  return lines;
}
