import { displayWidth, splitByWidth } from './display-width.ts';

/** Wraps a text at spaces. A word longer than a line is split. */
export function wrapText(text: string, width: number): readonly string[] {
  const lines: string[] = [];
  let room = 0;
  for (const word of text.split(' ')) {
    const [first = '', ...more] = splitByWidth(word, width);
    if (lines.length > 0 && displayWidth(first) < room) lines[lines.length - 1] += ` ${first}`;
    else lines.push(first);
    lines.push(...more);
    room = width - displayWidth(lines.at(-1) ?? '');
  }
  return lines;
}
