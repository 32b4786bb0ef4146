import type { Millis } from '../../src/domain/time.ts';
import type { BenchmarkNamespace } from './fixture/benchmark-namespace.ts';
import { type Summary, summarize } from './statistics.ts';

type Unit = 'ms' | 'µs' | 'MB' | '/s' | '%' | 'runs' | 'requests';

/** The limit of a row. `times-floor`: the ratio of the two medians. */
export type Limit =
  | { readonly of: 'median' | 'p99' | 'times-floor'; readonly atMost: number }
  | { readonly of: 'median' | 'times-floor'; readonly atLeast: number };

/** One measurement, and the baseline that was measured on the same machine in the same run. */
export interface Result {
  readonly name: string;
  readonly what: string;
  readonly unit: Unit;
  readonly samples: readonly number[];
  readonly floor: { readonly what: string; readonly samples: readonly number[] };
  readonly limit: Limit;
  /** The same work on another store of this machine, in the same run; undefined: not installed, or not comparable. */
  readonly peer?: Peer | undefined;
  /** More values that help to interpret the result. */
  readonly notes?: Readonly<Record<string, string | number>>;
}

/** Measurements of another store. `name` contains its version. */
interface Peer {
  readonly name: string;
  readonly samples: readonly number[];
}

/** One experiment with one or more measurements. */
export interface Benchmark {
  readonly name: string;
  /** Approximate duration on a machine with two cores. */
  takes(quick: boolean): Millis;
  measure(stage: BenchmarkNamespace): Promise<readonly Result[]>;
}

/** A result as it is reported. */
export interface Judged extends Omit<Result, 'samples' | 'floor' | 'peer'>, Summary {
  readonly floor: { readonly what: string } & Summary;
  readonly peer?: { readonly name: string } & Summary;
  /** The value that is compared with the limit. */
  readonly reaches: number;
  readonly reached: boolean;
}

export function judge({ samples, floor, peer, ...result }: Result): Judged {
  const summary = summarize(samples);
  const least = summarize(floor.samples);
  const { limit } = result;
  const reaches = limit.of === 'times-floor' ? summary.median / least.median : summary[limit.of];
  const reached = 'atLeast' in limit ? reaches >= limit.atLeast : reaches <= limit.atMost;
  return {
    ...result,
    ...summary,
    floor: { what: floor.what, ...least },
    ...(peer && { peer: { name: peer.name, ...summarize(peer.samples) } }),
    reaches,
    reached,
  };
}
