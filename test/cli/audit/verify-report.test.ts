import { describe, expect, it } from 'vitest';
import { Progress } from '../../../src/cli/audit/progress.ts';
import { summary, type VerifyResult } from '../../../src/cli/audit/verify-report.ts';
import { paletteOf } from '../../../src/cli/terminal/palette.ts';
import type { VerifyReport } from '../../../src/runtime/audit/verify.ts';

const notes = { lost: 0, unknownCharts: 0, lostTails: 0, unsigned: 0 };
const outcome = (
  verified: Partial<VerifyReport> = {},
  more: Partial<VerifyResult> = {},
): VerifyResult => ({
  verified: {
    ...{ first: 1, begunFrom: 0, last: 1_234_567, events: 1_234_567, divergences: 0, keyframes: 0 },
    notes,
    checkpoint: { at: 60_000 } as VerifyReport['checkpoint'],
    ...verified,
  },
  ...{ firstAt: 0, divergences: 0, compared: true, resumed: 0, interrupted: false },
  ...more,
});
const told = (one: VerifyResult, columns = 200) =>
  summary(one, "namespace 'n'", { palette: paletteOf(1), columns });

describe('what a person is told of a verification', () => {
  it('how much, from when to when, against what, and that nothing diverges', () => {
    const [counted, from, compared, verdict, ...more] = told(outcome());
    expect(counted).toBe("1 234 567 events of namespace 'n' replayed, #1 to #1234567");
    expect(from).toMatch(/^stored from \d{4}-.* to .*$/);
    expect(compared).toBe('compared with the registry as it stands');
    expect(verdict).toBe('nothing diverges');
    expect(more).toEqual([]);
  });

  it('how many diverge, those from before a checkpoint too', () => {
    expect(told(outcome({ divergences: 1 }, { divergences: 3 })).at(-1)).toBe('3 divergences');
    expect(told(outcome({}, { resumed: 1_234_000 }))[0]).toContain(
      ', 567 of them since the checkpoint',
    );
  });

  it('what is no divergence and still worth saying', () => {
    const lines = told(
      outcome({
        ...{ first: 100, begunFrom: 150, keyframes: 2 },
        notes: { lost: 1, lostTails: 2, unknownCharts: 3, unsigned: 1 },
      }),
    );
    expect(lines).toContain('2 keyframes compared');
    expect(lines.filter((line) => line.startsWith('·'))).toEqual([
      '· the history begins at #100: what was before is not in it any more; what stood then is in the signed keyframe at #150',
      '· 1 keyframe signed by no collector: no replay begins there',
      '· 1 transition could not be written by a process that was cut off, as it says itself',
      '· 2 processes of a run that is over said no last word: killed, or cut off',
      "· 3 events of machines with another chart than today's: their targets are not checked",
    ]);
  });

  it('no verdict where it was interrupted, or there is nothing', () => {
    expect(told(outcome({}, { interrupted: true })).join()).not.toContain('diverges');
    expect(told(outcome({ events: 0, last: 0 }, { firstAt: undefined }))).toEqual([
      "the history of namespace 'n' has no event",
    ]);
  });

  it('in lines that fit', () => {
    const lines = told(outcome({ first: 100, begunFrom: 150, notes: { ...notes, lost: 9 } }), 60);
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(60);
  });
});

describe('a meter', () => {
  it('says how far, how fast, how long still', () => {
    let now = 0;
    const meter = new Progress({ first: 101, last: 1100 }, () => now);
    now = 2000;
    expect(meter.at(600, 500)).toBe('████████░░░░░░░░  50 %  250 events/s, 2 s left');
    expect(meter.at(1100, 1000)).toContain('100 %');
    expect(meter.at(101, 0)).toMatch(/^░{16} {3}0 % {2}0 events\/s/);
  });

  it('of a history without an event is no division by nothing', () => {
    expect(new Progress({ first: 0, last: 0 }, () => 0).at(0, 0)).toContain('100 %');
  });
});
