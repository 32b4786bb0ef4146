import { createRequire } from 'node:module';

let segmenter: Intl.Segmenter | undefined;

/** Grapheme clusters: an accent or a joined emoji is part of one character. Made at the first use: it takes milliseconds. */
function charactersOf(text: string): Intl.Segments {
  segmenter ??= new Intl.Segmenter('en', { granularity: 'grapheme' });
  return segmenter.segment(text);
}

/** ASCII and the marks of states in tables, each of one column. */
const plain = /^[\x20-\x7e●◌◍◐◒✕…→]*$/;

type StringWidth = typeof import('string-width');

let widthOf: StringWidth['default'] | undefined;

/** Loaded at the first other character: compiling its tables takes as long as the whole start of Node. */
function exactWidth(text: string): number {
  widthOf ??= (createRequire(import.meta.url)('string-width') as StringWidth).default;
  return widthOf(text);
}

/** Terminal columns of a text without control characters. Colours have no width. */
export const displayWidth = (text: string): number =>
  plain.test(text) ? text.length : exactWidth(text);

/** Splits a text into parts of at most `columns`, each as long as possible and never empty. */
export function splitByWidth(text: string, columns: number): readonly string[] {
  if (displayWidth(text) <= columns) return [text];
  const parts: string[] = [];
  let part = '';
  let taken = 0;
  for (const { segment } of charactersOf(text)) {
    const more = displayWidth(segment);
    if (part !== '' && taken + more > columns) {
      parts.push(part);
      [part, taken] = ['', 0];
    }
    part += segment;
    taken += more;
  }
  return [...parts, part];
}

/** Shortens a text to `columns` by an ellipsis in its middle: the ends of names tell them apart. */
export function shortenMiddle(text: string, columns: number): string {
  if (displayWidth(text) <= columns) return text;
  if (columns < 3) return truncate(text, columns);
  const room = columns - 1;
  const [head = ''] = splitByWidth(text, Math.ceil(room / 2));
  const left = room - displayWidth(head);
  let tail = '';
  for (const { segment } of [...charactersOf(text)].reverse()) {
    if (displayWidth(segment + tail) > left) break;
    tail = segment + tail;
  }
  return displayWidth(head) + displayWidth(tail) <= room ? `${head}…${tail}` : '…';
}

/** Cuts a text to `columns`; a cut text ends in an ellipsis. */
export function truncate(text: string, columns: number): string {
  if (displayWidth(text) <= columns) return text;
  if (columns < 2) return '…'.repeat(Math.max(0, columns));
  const [begun = ''] = splitByWidth(text, columns - 1);
  return displayWidth(begun) < columns ? `${begun}…` : '…';
}
