/**
 * Controls, what turns the direction of writing around, line separators, halves of characters: in
 * labels, details and other people's events they could rewrite what a person reads.
 */
const hostile = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu;

/** A text of somebody else's as it may go to a terminal: one line, every hostile character spelt out. */
export const escapeControls = (text: string): string => text.replace(hostile, spelt);

/** One document on one line; JSON itself leaves the controls from U+007F on as they are. */
export const jsonLine = (value: unknown): string => JSON.stringify(value).replace(hostile, escaped);

const code = (char: string): number => char.codePointAt(0) ?? 0;

function spelt(char: string): string {
  if (char === '\n') return '\\n';
  if (char === '\t') return '\\t';
  const hex = code(char).toString(16);
  return code(char) < 0x100 ? `\\x${hex.padStart(2, '0')}` : `\\u{${hex}}`;
}

const escaped = (char: string): string => `\\u${code(char).toString(16).padStart(4, '0')}`;
