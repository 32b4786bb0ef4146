import { describe, expect, it } from 'vitest';
import { columnWidths } from '../../../src/cli/tables/column-widths.ts';

describe('columns in a line of limited width', () => {
  it('get the width that they need if there is room', () => {
    expect(columnWidths([{ natural: 30 }, { natural: 10, shrinks: true }], 40)).toEqual([30, 10]);
  });

  it('shrink if they may, the widest first', () => {
    const claims = [
      { natural: 30, shrinks: true },
      { natural: 10 },
      { natural: 20, shrinks: true },
    ];
    expect(columnWidths(claims, 50)).toEqual([20, 10, 20]);
    expect(columnWidths(claims, 40)).toEqual([15, 10, 15]);
  });

  it('shrink to their minimum width and not below', () => {
    const claims = [
      { natural: 30, shrinks: true, least: 28 },
      { natural: 30, shrinks: true, least: 12 },
    ];
    expect(columnWidths(claims, 45)).toEqual([28, 17]);
  });

  it('lose optional ones, the last first, before any is narrower than its minimum', () => {
    const claims = [
      { natural: 30, shrinks: true, least: 20 },
      { natural: 15, optional: true },
      { natural: 15, optional: true },
    ];
    expect(columnWidths(claims, 50)).toEqual([20, 15, 15]);
    expect(columnWidths(claims, 49)).toEqual([30, 15, undefined]);
    expect(columnWidths(claims, 30)).toEqual([30, undefined, undefined]);
  });

  it('with names are narrowed last', () => {
    const claims = [{ natural: 30, isName: true }, { natural: 30 }];
    expect(columnWidths(claims, 45)).toEqual([30, 15]);
    expect(columnWidths(claims, 30)).toEqual([15, 15]);
  });

  it('with names are shortened for a person before others are narrower than their minimum', () => {
    const claims = [
      { natural: 60, isName: true },
      { natural: 12 },
      { natural: 20, shrinks: true, least: 14 },
      { natural: 10, optional: true },
    ];
    expect(columnWidths(claims, 60)).toEqual([28, 12, 20, undefined]);
    expect(columnWidths(claims, 60, 16)).toEqual([19, 12, 19, 10]);
    expect(columnWidths(claims, 44, 16)).toEqual([16, 12, 16, undefined]);
    expect(columnWidths(claims, 100, 16)).toEqual([60, 12, 18, 10]);
    expect(columnWidths(claims, 30, 16)).toEqual([10, 10, 10, undefined]);
  });

  it('are all shortened if nothing else helps', () => {
    const claims = [{ natural: 40 }, { natural: 40, shrinks: true }, { natural: 5 }];
    expect(columnWidths(claims, 40)).toEqual([17, 18, 5]);
  });
});
