import { describe, expect, it } from 'vitest';
import {
  auditLoss,
  burnMargin,
  burnTarget,
  emptyMark,
  firstSequence,
  registryLoss,
  type StreamEnds,
} from '../../../src/domain/store-history/store-loss.ts';

const ends = (
  registry: Partial<StreamEnds['registry']>,
  audit: Partial<StreamEnds['audit']>,
): StreamEnds => ({
  registry: { begun: 100, last: 200, ...registry },
  audit: { created: 'then', first: 1, last: 10, oldest: 110, origin: 200, ...audit },
});

describe('a registry', () => {
  it('that is new begins with the time in microseconds', () => {
    expect(firstSequence(1_795_415_384_414, 0)).toBe(1_795_415_384_414_000);
  });

  it('that is new begins above the sequences in the audit if the clock was set back', () => {
    expect(firstSequence(1000, 5_000_000)).toBe(5_020_000);
  });

  it('that reaches the last event of the audit has lost nothing', () => {
    expect(registryLoss(ends({}, {}), emptyMark)).toBeUndefined();
    expect(registryLoss(ends({}, { oldest: 0, origin: 0, last: 0 }), emptyMark)).toBeUndefined();
  });

  it('that ends before the last event of the audit has lost its tail', () => {
    expect(registryLoss(ends({ last: 150 }, {}), emptyMark)).toEqual({
      ...{ kind: 'registry-lost-tail', kept: 150, origin: 200, seq: 10 },
    });
  });

  it('that ends before a revision that this process was given has lost its tail', () => {
    expect(registryLoss(ends({}, {}), emptyMark, 230)).toEqual({
      ...{ kind: 'registry-lost-tail', kept: 200, origin: 230, seq: 10 },
    });
  });

  it('whose loss is noted already has no other one while it is repaired', () => {
    const loss = registryLoss(ends({ last: 150 }, {}), emptyMark);
    if (!loss) throw new Error('no loss');
    expect(registryLoss(ends({ last: 170 }, {}), { v: 1, pending: [loss] })).toBeUndefined();
    expect(burnTarget({ pending: [loss] })).toBe(200 + burnMargin);
  });

  it('that begins after the last event of the audit was created again, and this is one loss', () => {
    const anew = ends({ begun: 300, last: 299 }, {});
    const loss = { kind: 'registry-made-anew', kept: 0, origin: 200, seq: 10 };
    expect(registryLoss(anew, emptyMark)).toEqual(loss);
    const later = ends({ begun: 150, last: 220 }, {});
    expect(registryLoss(later, emptyMark)).toEqual(loss);
    expect(registryLoss(later, { v: 1, pending: [], begun: 150 })).toBeUndefined();
  });
});

describe('an audit', () => {
  const mark = { ...emptyMark, trimmed: { seq: 8, origin: 180, created: 'then' } };

  it('that has the event up to which the outbox was trimmed has lost nothing', () => {
    expect(auditLoss(ends({}, {}), mark, 180)).toBeUndefined();
    expect(auditLoss(ends({}, {}), emptyMark, undefined)).toBeUndefined();
  });

  it('has lost its tail if another event or none is at that place', () => {
    expect(auditLoss(ends({}, {}), mark, 190)).toBe('audit-lost-tail');
    expect(auditLoss(ends({}, { last: 5 }), mark, undefined)).toBe('audit-lost-tail');
  });

  it('that was trimmed beyond that event has lost nothing', () => {
    expect(auditLoss(ends({}, { first: 9 }), mark, undefined)).toBeUndefined();
  });

  it('that was created later was deleted and created again', () => {
    expect(auditLoss(ends({}, { created: 'now' }), mark, 180)).toBe('audit-made-anew');
  });
});
