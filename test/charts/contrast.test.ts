import { describe, expect, test } from 'vitest';
import { type Colours, literal } from '../../src/charts/svg/theme.ts';

/** Text colours with their backgrounds. */
const texts: readonly (readonly [keyof Colours, readonly (keyof Colours)[]])[] = [
  ['ink', ['paper', 'state', 'inside', 'pill', 'activeFill']],
  ['muted', ['paper', 'state', 'inside', 'activeFill']],
  ['guard', ['paper', 'inside']],
  ['done', ['paper', 'inside']],
  ['error', ['paper', 'inside']],
  ['active', ['state', 'inside', 'activeFill']],
  ['last', ['paper', 'state', 'inside', 'activeFill']],
];
/** Colours of lines and borders with their backgrounds. */
const shapes: typeof texts = [
  ['line', ['paper', 'inside']],
  ['border', ['paper', 'inside']],
  ['active', ['paper', 'inside']],
  ['last', ['paper', 'inside']],
];

describe.each(['light', 'dark'] as const)('in the %s theme,', (theme) => {
  const colours = literal[theme];
  const combinations = (pairs: typeof texts) =>
    pairs.flatMap(([colour, backgrounds]) =>
      backgrounds.map((background) => [colour, background] as const),
    );

  test.each(combinations(texts))(
    'text of colour %s has enough contrast on %s',
    (colour, background) => {
      expect(contrast(colours[colour], colours[background])).toBeGreaterThanOrEqual(4.5);
    },
  );

  test.each(combinations(shapes))(
    'a line of colour %s has enough contrast on %s',
    (colour, background) => {
      expect(contrast(colours[colour], colours[background])).toBeGreaterThanOrEqual(3);
    },
  );
});

/** WCAG 2.2, relative luminance. */
function contrast(first: string, second: string): number {
  const [bright = 0, dim = 0] = [luminance(first), luminance(second)].sort((a, b) => b - a);
  return (bright + 0.05) / (dim + 0.05);
}

function luminance(colour: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((start) => {
    const part = Number.parseInt(colour.slice(start, start + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
