/** Statistics of samples, in their unit. */
export interface Summary {
  readonly n: number;
  readonly median: number;
  readonly min: number;
  readonly max: number;
  readonly p99: number;
}

/** @throws {RangeError} if there are no samples, because 0 would be a wrong result */
export function summarize(samples: readonly number[]): Summary {
  return {
    n: samples.length,
    median: median(samples),
    min: percentile(samples, 0),
    max: percentile(samples, 100),
    p99: percentile(samples, 99),
  };
}

/** The middle sample, or the mean of the two in the middle. */
export function median(samples: readonly number[]): number {
  const sorted = sortedSamples(samples);
  const upper = sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
  const lower = sorted[Math.ceil(sorted.length / 2) - 1] ?? Number.NaN;
  return (lower + upper) / 2;
}

/** By nearest rank, so it is one of the samples; with fewer than 100, the 99th percentile is the maximum. */
export function percentile(samples: readonly number[], percent: number): number {
  const sorted = sortedSamples(samples);
  const rank = Math.max(1, Math.ceil((percent / 100) * sorted.length));
  return sorted[rank - 1] ?? Number.NaN;
}

function sortedSamples(samples: readonly number[]): readonly number[] {
  if (samples.length === 0) throw new RangeError('no samples');
  return samples.toSorted((a, b) => a - b);
}
