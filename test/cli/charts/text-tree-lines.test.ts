import { expect, test } from 'vitest';
import { outlineLines } from '../../../src/cli/charts/text-tree-lines.ts';
import { paletteOf } from '../../../src/cli/terminal/palette.ts';

const line = (text: string) => ({ node: 'm', parts: [['text', text] as const] });

test.each([
  [200, 'x'.repeat(100), 'x'.repeat(100)],
  [200, 'x'.repeat(101), `${'x'.repeat(99)}…`],
  [10, 'x'.repeat(11), `${'x'.repeat(9)}…`],
])(
  'on a terminal of %i columns no line is longer than the terminal or 100 columns',
  (columns, text, shown) => {
    expect(outlineLines([line(text)], { palette: paletteOf(1), columns })).toEqual([shown]);
  },
);

test('the name of a machine cannot control the terminal', () => {
  const look = { palette: paletteOf(8), columns: 80 };
  const [shown] = outlineLines([line('a\u001b[31m\u202eb')], look);
  expect(shown).toBe('a\\x1b[31m\\u{202e}b');
});
