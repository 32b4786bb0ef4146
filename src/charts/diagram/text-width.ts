import { beyondAscii, interGlyphWidths } from './inter-glyph-widths.ts';

export interface Font {
  readonly size: number;
  readonly weight: keyof typeof interGlyphWidths;
}

/** Kerning off, hinting, a browser's rounding: what the table cannot know. */
const slack = 1.02;

/** As wide as what is widest among the scripts that the table does not know. */
const unknown = 1000;

/** How wide a line of text will be, in pixels, and a little more. */
export function widthOf(text: string, { size, weight }: Font): number {
  const widths = interGlyphWidths[weight];
  let sum = 0;
  for (const char of text) sum += widths[indexOf(char)] ?? unknown;
  return (sum / 1000) * size * slack;
}

/** Whether Inter has the character, as far as the table says. */
export const isMeasured = (char: string): boolean => indexOf(char) >= 0;

function indexOf(char: string): number {
  const code = char.codePointAt(0) ?? 0;
  if (code >= 32 && code < 127) return code - 32;
  const beyond = [...beyondAscii].indexOf(char);
  return beyond < 0 ? -1 : 95 + beyond;
}
