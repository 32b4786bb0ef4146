import { describe, expect, it } from 'vitest';
import { changeDocument, changeLine } from '../../../src/cli/tables/change-lines.ts';
import { paletteOf } from '../../../src/cli/terminal/palette.ts';
import { instanceRow } from '../support/sample-rows.ts';

const live = instanceRow();
const dubious = instanceRow({ state: 'dubious', reason: 'silent' });
const line = (before: typeof live | undefined, now: typeof live | undefined) =>
  changeLine({ before, now }, paletteOf(1), 0).replace(/^\d\d:\d\d:\d\d /, '');

describe('a change of an instance', () => {
  it.each([
    ['appeared', undefined, live, 'web/w1  ● live  h1/a', null],
    [
      'changed',
      live,
      dubious,
      'web/w1  ● live → ◌ dubious (silent)  h1/a',
      { state: 'live', reason: null },
    ],
    [
      'gone',
      dubious,
      undefined,
      'web/w1  ◌ dubious → ✕ gone  h1/a',
      { state: 'dubious', reason: 'silent' },
    ],
  ])('is printed: %s', (change, before, now, text, was) => {
    expect(line(before, now)).toBe(text);
    expect(changeDocument({ before, now }, 5)).toEqual({
      event: 'instance',
      change,
      at: 5,
      was,
      ...(now ?? before),
    });
  });

  it('has the failure text of a check on one line, whatever the text contains', () => {
    const health = { state: 'failing' as const, detail: 'disk\u001b[2J full' };
    expect(line(live, instanceRow({ state: 'failing', health }))).toBe(
      'web/w1  ● live → ◐ failing (disk\\x1b[2J full)  h1/a',
    );
  });
});
