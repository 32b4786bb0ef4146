import { beyondAscii, interGlyphWidths } from './inter-glyph-widths.ts';

export interface Font {
  readonly size: number;
  readonly weight: keyof typeof interGlyphWidths;
}

/** For kerning, hinting and a browser's rounding, which the table does not include. */
const slack = 1.02;

/** The widest character of the scripts that are not in the table. */
const unknownWidth = 1000;

/** An upper bound of the width of a line of text, in pixels. */
export function widthOf(text: string, { size, weight }: Font): number {
  const widths = interGlyphWidths[weight];
  let sum = 0;
  for (const char of text) sum += widths[indexOf(char)] ?? unknownWidth;
  return (sum / 1000) * size * slack;
}

/** The text in lines that are not wider than this, except where one word is. */
export function wrapped(text: string, font: Font, width: number): readonly string[] {
  const lines: string[] = [];
  for (const paragraph of text.split('\n')) {
    let line = '';
    for (const word of paragraph.split(' ')) {
      const longer = line === '' ? word : `${line} ${word}`;
      if (line !== '' && widthOf(longer, font) > width) {
        lines.push(line);
        line = word;
      } else line = longer;
    }
    lines.push(line);
  }
  return lines;
}

/** Whether the character is in the table of Inter's widths. */
export const isMeasured = (char: string): boolean => indexOf(char) >= 0;

function indexOf(char: string): number {
  const code = char.codePointAt(0) ?? 0;
  if (code >= 32 && code < 127) return code - 32;
  const beyond = [...beyondAscii].indexOf(char);
  return beyond < 0 ? -1 : 95 + beyond;
}
