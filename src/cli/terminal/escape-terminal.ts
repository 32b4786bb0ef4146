/**
 * Control characters, bidirectional overrides, line separators and lone surrogates. In labels, details
 * and events from others they could falsify what the terminal shows.
 */
const hostile = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff]/gu;

/** Makes an untrusted text safe for a terminal: one line, hostile characters escaped. */
export const escapeControls = (text: string): string => text.replace(hostile, spelt);

/** A JSON document on one line. JSON itself does not escape controls from U+007F on. */
export const jsonLine = (value: unknown): string => JSON.stringify(value).replace(hostile, escaped);

const code = (char: string): number => char.codePointAt(0) ?? 0;

function spelt(char: string): string {
  if (char === '\n') return '\\n';
  if (char === '\t') return '\\t';
  const hex = code(char).toString(16);
  return code(char) < 0x100 ? `\\x${hex.padStart(2, '0')}` : `\\u{${hex}}`;
}

const escaped = (char: string): string => `\\u${code(char).toString(16).padStart(4, '0')}`;
