import { describe, expect, it } from 'vitest';
import { judge, type Limit, type Result } from '../../tools/bench/benchmark.ts';
import { documentOf, footnotes, lineOf } from '../../tools/bench/report.ts';

const result = (limit: Limit, samples: readonly number[] = [90, 100, 110]): Result => ({
  name: 'sample',
  what: 'something measured',
  unit: 'ms',
  samples,
  floor: { what: 'the least there is', samples: [40, 50, 60] },
  limit,
  notes: { reasons: 'silent: 3', suspectedFalsely: 0 },
});

describe('a limit', () => {
  it.each<[string, Limit, boolean]>([
    ['on the median, met exactly', { of: 'median', atMost: 100 }, true],
    ['on the median, missed by little', { of: 'median', atMost: 99.9 }, false],
    ['on the p99: the worst of so few', { of: 'p99', atMost: 110 }, true],
    ['on the p99, missed by one sample', { of: 'p99', atMost: 109 }, false],
    ['on the ratio of the medians, met exactly', { of: 'times-floor', atMost: 2 }, true],
    ['on the ratio of the medians, missed', { of: 'times-floor', atMost: 1.9 }, false],
    ['on the least ratio of the medians, missed', { of: 'times-floor', atLeast: 2.1 }, false],
    ['that is to be reached, met exactly', { of: 'median', atLeast: 100 }, true],
    ['that is to be reached, missed by little', { of: 'median', atLeast: 100.1 }, false],
  ])('is judged: %s', (_, limit, reached) => {
    expect(judge(result(limit)).reached).toBe(reached);
  });
});

describe('a result', () => {
  const judged = judge(result({ of: 'median', atMost: 80 }, [90.123, 100.456, 1234.5]));

  it('is a line with unit, range and floor', () => {
    expect(lineOf(judged)).toMatchObject({
      n: '3',
      median: '100 ms',
      range: '90.1–1235',
      limit: '80 ms',
      reached: false,
      floor: '50 (40–60)',
    });
  });

  it('includes its limit if it has one', () => {
    expect(lineOf(judge(result({ of: 'median', atLeast: 80 }))).limit).toBe('≥ 80 ms');
    const least = judge(result({ of: 'times-floor', atLeast: 0.8 }));
    expect(lineOf(least).limit).toBe('≥ 0.8× floor (2×)');
  });

  it('shows no p99 if there are few samples', () => {
    expect(lineOf(judged).p99).toBe('');
    const many = Array.from({ length: 100 }, (_, n) => n);
    expect(lineOf(judge(result({ of: 'p99', atMost: 1 }, many))).p99).toBe('98');
  });

  it('is a document with the same numbers, in the same unit', () => {
    expect(documentOf(judged)).toEqual({
      event: 'row',
      row: 'sample',
      what: 'something measured',
      unit: 'ms',
      n: 3,
      median: 100.46,
      min: 90.12,
      max: 1234.5,
      p99: 1234.5,
      limit: { of: 'median', atMost: 80 },
      reaches: 100.46,
      reached: false,
      floor: { what: 'the least there is', n: 3, median: 50, min: 40, max: 60, p99: 60 },
      notes: { reasons: 'silent: 3', suspectedFalsely: 0 },
    });
  });

  it('shows another store beside it, if one was measured', () => {
    const beside = judge({
      ...result({ of: 'median', atMost: 80 }),
      peer: { name: 'etcd 3.4.23', samples: [52.345, 50, 60] },
    });
    expect(footnotes([beside])[0]).toContain('etcd 3.4.23 52.3 ms (50–60)');
    expect(documentOf(beside)).toMatchObject({
      peer: { name: 'etcd 3.4.23', n: 3, median: 52.35, min: 50, max: 60, p99: 60 },
    });
    expect(documentOf(judged)).not.toHaveProperty('peer');
  });

  it('gives its floor and the other measurements', () => {
    expect(footnotes([judged])).toEqual([
      'sample: something measured; floor: the least there is; reasons silent: 3; suspected falsely 0',
    ]);
  });
});
