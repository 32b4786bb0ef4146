import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escapeControls, jsonLine } from '../../../src/cli/terminal/escape-terminal.ts';

const hostile = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]/u;

describe('untrusted text', () => {
  it.each([
    ['red\u001b[31m', 'red\\x1b[31m'],
    ['two\nlines\t\r', 'two\\nlines\\t\\x0d'],
    ['c1 \u009b31m', 'c1 \\x9b31m'],
    ['turned \u202e around', 'turned \\u{202e} around'],
    ['half \ud800', 'half \\u{d800}'],
    ['line\u2028end', 'line\\u{2028}end'],
    ['Zürich 東京 👩‍👩‍👧', 'Zürich 東京 👩‍👩‍👧'],
  ])('is visible and has no effect on the terminal: %j', (text, shown) => {
    expect(escapeControls(text)).toBe(shown);
  });

  it('keeps no control character, whatever the text is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => !hostile.test(escapeControls(text))),
    );
  });

  it('has no control characters in JSON either, also none that JSON allows', () => {
    const nasty = 'a\u001b\u007f\u009b\u2028\u202e\ufeff\ud800';
    expect(jsonLine({ nasty })).toBe(
      '{"nasty":"a\\u001b\\u007f\\u009b\\u2028\\u202e\\ufeff\\ud800"}',
    );
    expect(JSON.parse(jsonLine({ nasty }))).toEqual({ nasty });
  });

  it('is the same document as JSON, on one line, without control characters', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const line = jsonLine({ text });
        expect(hostile.test(line)).toBe(false);
        expect(JSON.parse(line)).toEqual({ text });
      }),
    );
  });
});
