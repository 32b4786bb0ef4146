import stringWidth from 'string-width';

/** Characters as people count them: an accent or a joined emoji is none of its own. */
const characters = new Intl.Segmenter('en', { granularity: 'grapheme' });

const plain = /^[\x20-\x7e]*$/;

/** How many columns of a terminal a text takes that has no controls; colours take none. */
export const displayWidth = (text: string): number =>
  plain.test(text) ? text.length : stringWidth(text);

/** A text in parts of at most so many columns, each as long as it can be; a part has something in it. */
export function splitByWidth(text: string, columns: number): readonly string[] {
  if (displayWidth(text) <= columns) return [text];
  const parts: string[] = [];
  let part = '';
  let taken = 0;
  for (const { segment } of characters.segment(text)) {
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

/** As much as fits; where that is not all, it ends in an ellipsis. */
export function truncate(text: string, columns: number): string {
  if (displayWidth(text) <= columns) return text;
  if (columns < 2) return '…'.repeat(Math.max(0, columns));
  const [begun = ''] = splitByWidth(text, columns - 1);
  return displayWidth(begun) < columns ? `${begun}…` : '…';
}
