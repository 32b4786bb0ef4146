import { describe, expect, it } from 'vitest';
import {
  judgeDivergences,
  judgeEnds,
  judgeFarewell,
  judgeTakeover,
} from '../../../src/domain/conformance/judge-history.ts';
import { type Rule, Verdicts } from '../../../src/domain/conformance/rules.ts';
import type { AuditEvent } from '../../../src/domain/events/event-schema.ts';

const slot = { host: 'h', agent: 'a' };

const event = (run: string, type: string, more: { why?: string; id?: string; by?: string } = {}) =>
  ({
    of: {
      ...(more.id === undefined
        ? { entity: 'run', ...slot, run }
        : { entity: 'instance', ...slot, run, service: 'web', id: more.id }),
    },
    actor: { ...slot, run: more.by ?? run },
    event: { type, ...(more.why !== undefined && { why: more.why }) },
  }) as unknown as AuditEvent;

const resultOf = (rule: Rule, judge: (verdicts: Verdicts) => void) => {
  const verdicts = new Verdicts();
  judge(verdicts);
  return verdicts.all.find((verdict) => verdict.rule === rule)?.result;
};

describe('a run that ended', () => {
  it('may not write after it was declared dead', () => {
    const events = [event('one', 'expired', { by: 'c' }), event('one', 'changed', { id: 'w1' })];
    expect(resultOf(15, (verdicts) => judgeEnds(events, verdicts))).toBe('failed');
  });

  it('may not write after it was superseded', () => {
    const events = [event('one', 'superseded', { by: 'two' }), event('one', 'confirmed')];
    expect(resultOf(16, (verdicts) => judgeEnds(events, verdicts))).toBe('failed');
  });

  it('may be followed by another run', () => {
    const events = [event('one', 'expired', { by: 'c' }), event('two', 'started')];
    expect(resultOf(15, (verdicts) => judgeEnds(events, verdicts))).toBe('not-observed');
  });
});

describe('a takeover', () => {
  const whole = [
    event('one', 'started'),
    event('one', 'superseded', { by: 'two' }),
    event('two', 'started'),
    event('one', 'removed', { id: 'b', by: 'two', why: 'deregistered' }),
    event('one', 'adopted', { id: 'a', by: 'two' }),
  ];

  it('passes if it ends the chains of the run before', () => {
    expect(resultOf(13, (verdicts) => judgeTakeover(whole, verdicts))).toBe('passed');
  });

  it.each([1, 3, 4])('fails without its event %i', (missing) => {
    const events = whole.toSpliced(missing, 1);
    expect(resultOf(13, (verdicts) => judgeTakeover(events, verdicts))).toBe('failed');
  });
});

describe('an orderly stop', () => {
  const whole = [
    event('one', 'withdrawn'),
    event('one', 'removed', { id: 'a', why: 'left' }),
    event('one', 'removed', { id: 'b', why: 'left' }),
    event('one', 'left'),
  ];

  it('passes if everything is removed', () => {
    expect(resultOf(21, (verdicts) => judgeFarewell(whole, verdicts))).toBe('passed');
  });

  it.each([0, 1, 3])('fails without its event %i', (missing) => {
    const events = whole.toSpliced(missing, 1);
    expect(resultOf(21, (verdicts) => judgeFarewell(events, verdicts))).toBe('failed');
  });
});

describe('a divergence', () => {
  it.each([
    ['record', 'term 7: the revision of the registration', 'term 0', 7],
    ['record', 'since 5', 'since 6', 6],
    ['hash', 'aa', 'bb', 8],
  ] as const)('of %s breaks its rule', (check, expected, found, rule) => {
    const divergence = { seq: 1, entity: 'h/a', check, expected, found };
    expect(resultOf(rule, (verdicts) => judgeDivergences([divergence], 1, verdicts))).toBe(
      'failed',
    );
  });
});
