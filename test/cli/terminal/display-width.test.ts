import fc from 'fast-check';
import { describe, expect, it, test } from 'vitest';
import { outlineLines } from '../../../src/cli/charts/text-tree-lines.ts';
import { changeLine } from '../../../src/cli/tables/change-lines.ts';
import { fleetChangeLine } from '../../../src/cli/tables/fleet-lines.ts';
import {
  displayWidth,
  shortenMiddle,
  splitByWidth,
  truncate,
} from '../../../src/cli/terminal/display-width.ts';
import { escapeControls } from '../../../src/cli/terminal/escape-terminal.ts';
import { paletteOf } from '../../../src/cli/terminal/palette.ts';
import { wrapText } from '../../../src/cli/terminal/wrap.ts';
import { anyText } from '../../arbitrary/names.ts';
import { instanceRow } from '../support/sample-rows.ts';

const family = '👩‍👩‍👧';

/** Letters, blanks, wide and joined characters, and control characters. */
const text = fc
  .array(
    fc.oneof(
      anyText,
      fc.constantFrom(
        ' ',
        '日本語',
        family,
        'e\u0301',
        '\u200b',
        '\u001b[2J',
        '\u202e',
        '\n',
        '<b>',
      ),
      fc.integer({ min: 1, max: 200 }).map((length) => 'w'.repeat(length)),
    ),
    { maxLength: 12 },
  )
  .map((parts) => escapeControls(parts.join('')));
const width = fc.integer({ min: 20, max: 120 });

describe('the display width of a text', () => {
  it.each([
    ['abc', 3],
    ['日本語', 6],
    ['한국', 4],
    ['ｆｕｌｌ', 8],
    [family, 2],
    ['🚀', 2],
    ['❤️', 2],
    ['e\u0301\u0301', 1],
    ['a\u200bb', 2],
    ['→ ● …', 5],
    ['', 0],
  ])('of %s is %i', (shown, columns) => {
    expect(displayWidth(shown)).toBe(columns);
  });

  it.each([
    ['日本語', 6, '日本語'],
    ['日本語', 5, '日本…'],
    ['日本語', 4, '日…'],
    ['日本語', 2, '…'],
    ['ab', 1, '…'],
    ['ab', 0, ''],
    ['ab', -3, ''],
    [`${family}${family}`, 3, `${family}…`],
  ])('limits a cut: %s cut to %i is %s', (whole, columns, shown) => {
    expect(truncate(whole, columns)).toBe(shown);
  });
});

describe('a name shortened in the middle', () => {
  it.each([
    ['web/db-1-web-8080', 17, 'web/db-1-web-8080'],
    ['web/db-1-web-8080', 11, 'web/d…-8080'],
    ['web/db-1-web-8080', 10, 'web/d…8080'],
    ['web/db-1-web-8080', 3, 'w…0'],
    ['web/db-1-web-8080', 2, 'w…'],
    ['日本語/日本語', 8, '日本…語'],
    [`${family}ab${family}`, 5, `${family}…${family}`],
  ])('has its begin and its end: %s in %i is %s', (whole, columns, shown) => {
    expect(shortenMiddle(whole, columns)).toBe(shown);
  });

  test('is never wider than its column', () =>
    fc.assert(
      fc.property(text, fc.integer({ min: 1, max: 40 }), (whole, columns) => {
        expect(displayWidth(shortenMiddle(whole, columns))).toBeLessThanOrEqual(columns);
      }),
    ));
});

describe('a text wrapped into lines', () => {
  test('is complete, and no line exceeds the width', () =>
    fc.assert(
      fc.property(text, width, (whole, columns) => {
        const lines = wrapText(whole, columns);
        for (const line of lines) expect(displayWidth(line)).toBeLessThanOrEqual(columns);
        expect(lines.join('').replaceAll(' ', '')).toBe(whole.replaceAll(' ', ''));
        expect(splitByWidth(whole, columns).join('')).toBe(whole);
      }),
    ));

  test('breaks between words if possible and fills a line to its last column', () => {
    expect(wrapText('aaaa bbbb cc', 9)).toEqual(['aaaa bbbb', 'cc']);
    expect(wrapText('aaaa bbbbb', 9)).toEqual(['aaaa', 'bbbbb']);
    expect(wrapText('a 日本語 b', 8)).toEqual(['a 日本語', 'b']);
    expect(wrapText(`a ${'w'.repeat(12)} b`, 8)).toEqual(['a', 'w'.repeat(8), 'wwww b']);
  });
});

test('a line about a machine is never wider than the terminal, whatever the machine’s name', () =>
  fc.assert(
    fc.property(fc.array(text, { minLength: 1, maxLength: 4 }), width, (texts, columns) => {
      const parts = texts.map((one) => ['text', one] as const);
      const [line = ''] = outlineLines([{ node: 'm', parts }], { palette: paletteOf(1), columns });
      expect(displayWidth(line)).toBeLessThanOrEqual(Math.min(100, columns));
    }),
  ));

describe('a change at a terminal', () => {
  const at = 0;
  test('is one line, whatever the instance’s name and the failure text of its check', () =>
    fc.assert(
      fc.property(
        text,
        text,
        text,
        fc.integer({ min: 80, max: 120 }),
        (id, host, detail, columns) => {
          const named = { id, host, service: id, agent: host } as unknown as Parameters<
            typeof instanceRow
          >[0];
          const health = { state: 'failing' as const, detail };
          const now = instanceRow({ ...named, state: 'failing', health });
          const line = changeLine({ before: instanceRow(), now }, paletteOf(1), at, columns);
          expect(displayWidth(line)).toBeLessThanOrEqual(columns);
          expect(line).toContain('● live → ◐ failing');
        },
      ),
    ));

  test('shortens the failure text of the check and not the name of the instance', () => {
    const health = { state: 'failing' as const, detail: 'w'.repeat(300) };
    const now = instanceRow({ state: 'failing', health });
    const change = { before: instanceRow(), now };
    const line = changeLine(change, paletteOf(1), at, 60);
    expect(line).toMatch(/^\S+ web\/w1 {2}● live → ◐ failing \(w{10,}… {2}h1\/a$/);
    expect(displayWidth(line)).toBe(60);
    expect(changeLine(change, paletteOf(1), at)).toContain(`(${health.detail})  h1/a`);
  });

  test('of the fleet is one line too', () => {
    const by = { host: 'h1', agent: 'alice', run: 'run00001' };
    const hold = { host: 'h1', until: 1000, why: '日本'.repeat(100), by };
    const change = { of: 'hold', before: undefined, now: hold } as unknown as Parameters<
      typeof fleetChangeLine
    >[0];
    expect(displayWidth(fleetChangeLine(change, paletteOf(1), at, 80))).toBeLessThanOrEqual(80);
    expect(fleetChangeLine(change, paletteOf(1), at)).toContain(hold.why);
  });
});

test('the marks of states have the width that their characters have in a terminal', async () => {
  const { default: stringWidth } = await import('string-width');
  const marks = [...'●◌◍◐◒✕…→'];
  expect(marks.map(displayWidth)).toEqual(marks.map((mark) => stringWidth(mark)));
});
