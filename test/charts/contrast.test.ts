import { describe, expect, test } from 'vitest';
import { type Colours, literal } from '../../src/charts/svg/theme.ts';

/** What is written on what, and what is drawn on what. */
const texts: readonly (readonly [keyof Colours, readonly (keyof Colours)[]])[] = [
  ['ink', ['paper', 'state', 'inside', 'pill', 'activeFill']],
  ['muted', ['paper', 'state', 'inside', 'activeFill']],
  ['guard', ['paper', 'inside']],
  ['done', ['paper', 'inside']],
  ['error', ['paper', 'inside']],
  ['active', ['state', 'inside', 'activeFill']],
  ['last', ['paper', 'state', 'inside', 'activeFill']],
];
const shapes: typeof texts = [
  ['line', ['paper', 'inside']],
  ['border', ['paper', 'inside']],
  ['active', ['paper', 'inside']],
  ['last', ['paper', 'inside']],
];

describe.each(['light', 'dark'] as const)('%s', (theme) => {
  const colours = literal[theme];
  const rows = (pairs: typeof texts) =>
    pairs.flatMap(([over, unders]) => unders.map((under) => [over, under] as const));

  test.each(rows(texts))('%s can be read on %s', (over, under) => {
    expect(contrast(colours[over], colours[under])).toBeGreaterThanOrEqual(4.5);
  });

  test.each(rows(shapes))('%s is seen on %s', (over, under) => {
    expect(contrast(colours[over], colours[under])).toBeGreaterThanOrEqual(3);
  });
});

/** WCAG 2.2, relative luminance. */
function contrast(one: string, other: string): number {
  const [bright = 0, dim = 0] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (bright + 0.05) / (dim + 0.05);
}

function luminance(colour: string): number {
  const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}
