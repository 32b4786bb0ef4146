import { describe, expect, it } from 'vitest';
import { ProgressLine } from '../../../src/cli/audit/progress.ts';
import { summary, type VerifyResult } from '../../../src/cli/audit/verify-report.ts';
import { paletteOf } from '../../../src/cli/terminal/palette.ts';
import type { VerifyReport } from '../../../src/runtime/audit/verify-report.ts';

const notes = {
  ...{ lost: 0, unknownCharts: 0, lostTails: 0, unsigned: 0 },
  ...{ unsignedEvents: 0, clocksApart: 0, unsignedKeyframes: 0, fromRegistry: 0, behind: false },
};
const outcome = (
  verified: Partial<VerifyReport> = {},
  more: Partial<VerifyResult> = {},
): VerifyResult => ({
  verified: {
    ...{ first: 1, begunFrom: 0, last: 1_234_567, events: 1_234_567, divergences: 0, keyframes: 0 },
    notes,
    anchors: { agreed: 0, unchecked: 0, anchoredTo: 0 },
    losses: [],
    checkpoint: { at: 60_000 } as VerifyReport['checkpoint'],
    ...verified,
  },
  ...{ firstAt: 0, divergences: 0, compared: true, resumed: 0, interrupted: false },
  ...more,
});
const summaryOf = (one: VerifyResult, columns = 200) =>
  summary(one, "namespace 'n'", { palette: paletteOf(1), columns });

describe('the report of a verification', () => {
  it('has the events, their times, the comparison and the result', () => {
    const [counted, from, compared, verdict, ...more] = summaryOf(outcome());
    expect(counted).toBe("1 234 567 events of namespace 'n' replayed, #1 to #1234567");
    expect(from).toMatch(/^stored from \d{4}-.* to .*$/);
    expect(compared).toBe('compared with the registry');
    expect(verdict).toBe('no divergence');
    expect(more).toEqual([]);
  });

  it('counts divergences from before a checkpoint too', () => {
    expect(summaryOf(outcome({ divergences: 1 }, { divergences: 3 })).at(-1)).toBe('3 divergences');
    expect(summaryOf(outcome({}, { resumed: 1_234_000 }))[0]).toContain(
      ', 567 of them since the checkpoint',
    );
  });

  it('of a file does not say that events were trimmed, which the export left out', () => {
    expect(summaryOf(outcome({ first: 100 }, { compared: false }))).toContain(
      '· the history begins at #100: earlier events are not in this file',
    );
  });

  it('lists notes that are not divergences', () => {
    const lines = summaryOf(
      outcome({
        ...{ first: 100, begunFrom: 150, keyframes: 2 },
        notes: {
          ...{ lost: 1, lostTails: 2, unknownCharts: 3, unsigned: 1 },
          ...{
            unsignedEvents: 4000,
            clocksApart: 5,
            unsignedKeyframes: 2,
            fromRegistry: 3,
            behind: true,
          },
        },
      }),
    );
    expect(lines).toContain('2 keyframes compared');
    expect(lines.filter((line) => line.startsWith('·'))).toEqual([
      '· the history begins at #100: earlier events were trimmed; its start state is the signed keyframe at #150',
      '· the audit had not yet copied all events of the registry, after 20 s: records may differ only because of that; run `rollcall doctor`, and verify again in a minute',
      '· 3 records as the registry had them when a collector signed a keyframe after the loss: the events that wrote them are lost',
      "· 1 keyframe without a collector's signature: not used to start a replay",
      '· 2 keyframes signed by an event without a signature of its own: made by an older version',
      '· 1 transition lost, as reported by a process that was disconnected',
      '· 2 processes ended without a final event (killed or disconnected)',
      '· 3 events of other machine versions: their target states are not checked',
      '· 4 000 of 1 234 567 events without a signature: their authors do not sign',
      '· 5 events with a time 5 minutes or more from when they were stored: a clock was wrong',
    ]);
  });

  it('shows the result of the anchors', () => {
    const linesOf = (agreed: number, unchecked: number, anchoredTo: number) =>
      summaryOf(outcome({ anchors: { agreed, unchecked, anchoredTo } })).filter((line) =>
        line.includes('anchor'),
      );
    expect(linesOf(0, 0, 0)).toEqual([]);
    expect(linesOf(2, 1, 1_234_000)).toEqual([
      '2 anchors agree; the events after #1234000 came after the last one',
      '1 anchor not compared, because it is from before the state where this verification began',
    ]);
    expect(linesOf(1, 0, 1_234_567)).toEqual(['1 anchor agrees; no event came after the last one']);
  });

  it('has no result if it was interrupted or the history is empty', () => {
    expect(summaryOf(outcome({}, { interrupted: true })).join()).not.toContain('divergence');
    expect(summaryOf(outcome({ events: 0, last: 0 }, { firstAt: undefined }))).toEqual([
      "the history of namespace 'n' has no event",
    ]);
  });

  it('has lines that fit the terminal', () => {
    const lines = summaryOf(
      outcome({ first: 100, begunFrom: 150, notes: { ...notes, lost: 9 } }),
      60,
    );
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(60);
  });
});

describe('a progress text', () => {
  it('has share, rate and time left', () => {
    let now = 0;
    const meter = new ProgressLine({ first: 101, last: 1100 }, () => now);
    now = 2000;
    expect(meter.at(600, 500)).toBe('████████░░░░░░░░  50 %  250 events/s, 2 s left');
    expect(meter.at(1100, 1000)).toContain('100 %');
    expect(meter.at(101, 0)).toMatch(/^░{16} {3}0 % {2}0 events\/s/);
  });

  it('of an empty history is 100 %', () => {
    expect(new ProgressLine({ first: 0, last: 0 }, () => 0).at(0, 0)).toContain('100 %');
  });
});
