/** Characters as people count them: an accent or a joined emoji is none of its own. */
const characters = new Intl.Segmenter('en', { granularity: 'grapheme' });

const plain = /^[\x20-\x7e]*$/;
/** Only what stands on the character before it, or is not seen. */
const noColumn = /^[\p{Mn}\p{Me}\p{Cf}]+$/u;
/** What East Asian Width calls wide or fullwidth, as blocks; and what is shown as an emoji. */
const twoColumns =
  /^[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6\u{16fe0}-\u{1b2ff}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}|\ufe0f/u;

/** How many columns of a terminal a text takes that has no controls. */
export function columnsOf(text: string): number {
  if (plain.test(text)) return text.length;
  let columns = 0;
  for (const { segment } of characters.segment(text)) columns += columnsOfOne(segment);
  return columns;
}

/** A text in parts of at most so many columns, each as long as it can be; a part has something in it. */
export function partsOf(text: string, columns: number): readonly string[] {
  if (columnsOf(text) <= columns) return [text];
  const parts: string[] = [];
  let part = '';
  let taken = 0;
  for (const { segment } of characters.segment(text)) {
    const more = columnsOfOne(segment);
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
export function cutTo(text: string, columns: number): string {
  if (columnsOf(text) <= columns) return text;
  if (columns < 2) return '…'.repeat(Math.max(0, columns));
  const [begun = ''] = partsOf(text, columns - 1);
  return columnsOf(begun) < columns ? `${begun}…` : '…';
}

function columnsOfOne(character: string): number {
  if (noColumn.test(character)) return 0;
  return twoColumns.test(character) ? 2 : 1;
}
