import type { Millis } from '../../src/domain/time.ts';
import type { BenchmarkNamespace } from './fixture/benchmark-namespace.ts';
import { type Summary, summarize } from './statistics.ts';

type Unit = 'ms' | 'µs' | 'MB' | '/s' | '%' | 'runs';

/** What a row promises (design, numbers to reach); `times-floor`: the ratio of the two medians. */
export type Limit =
  | { readonly of: 'median' | 'p99' | 'times-floor'; readonly atMost: number }
  | { readonly of: 'median'; readonly atLeast: number };

/** One thing measured, beside the least that the same machine could do in the same run. */
export interface Result {
  readonly name: string;
  readonly what: string;
  readonly unit: Unit;
  readonly samples: readonly number[];
  readonly floor: { readonly what: string; readonly samples: readonly number[] };
  readonly limit: Limit;
  /** What else was seen, and helps to read the numbers. */
  readonly notes?: Readonly<Record<string, string | number>>;
}

/** One experiment, which may measure more than one thing. */
export interface Benchmark {
  readonly name: string;
  /** Roughly, on a machine of two cores. */
  takes(quick: boolean): Millis;
  measure(stage: BenchmarkNamespace): Promise<readonly Result[]>;
}

/** A result as it is reported. */
export interface Judged extends Omit<Result, 'samples' | 'floor'>, Summary {
  readonly floor: { readonly what: string } & Summary;
  /** What is held against the limit. */
  readonly reaches: number;
  readonly reached: boolean;
}

export function judge({ samples, floor, ...result }: Result): Judged {
  const summary = summarize(samples);
  const least = summarize(floor.samples);
  const { limit } = result;
  const reaches = limit.of === 'times-floor' ? summary.median / least.median : summary[limit.of];
  const reached = 'atLeast' in limit ? reaches >= limit.atLeast : reaches <= limit.atMost;
  return { ...result, ...summary, floor: { what: floor.what, ...least }, reaches, reached };
}
