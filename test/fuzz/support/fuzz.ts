import fc from 'fast-check';
import { expect, vi } from 'vitest';
import { Fault } from '../../../src/domain/fault.ts';

/** Number of cases per property, for example `FUZZ_RUNS=100000 npm run fuzz`; small by default. */
const asked = Number(process.env['FUZZ_RUNS'] ?? 0);
vi.setConfig({ testTimeout: asked === 0 ? 60_000 : 24 * 3_600_000 });
/** Limit for the CPU time of one case in ms. Time that a busy machine gives to others does not count. */
const tooLong = 5000;
/** Below the time limit of a test, which prints no seed. */
const stopAfter = asked === 0 ? 50_000 : 24 * 3_600_000;

interface Fuzzing<T> {
  /** Number of cases by default. A property that starts servers or processes has fewer. */
  readonly runs?: number;
  /** Earlier counterexamples. */
  readonly examples?: readonly T[];
}

/**
 * Runs a property on arbitrary input. Each case must end in time, throw nothing, and leave the
 * prototypes of all objects unchanged.
 */
export async function fuzz<T>(
  given: fc.Arbitrary<T>,
  survive: (one: T) => unknown,
  { runs = 150, examples = [] }: Fuzzing<T> = {},
): Promise<void> {
  const property = fc.asyncProperty(given, async (one) => {
    const began = process.threadCpuUsage();
    await survive(one);
    const { user, system } = process.threadCpuUsage(began);
    expect((user + system) / 1000).toBeLessThan(tooLong);
    expect(Object.keys(Object.prototype)).toEqual([]);
  });
  const numRuns = asked === 0 ? runs : Math.ceil((asked * runs) / 150);
  await fc.assert(property, {
    numRuns: numRuns + examples.length,
    examples: examples.map((one) => [one]),
    interruptAfterTimeLimit: stopAfter,
    timeout: stopAfter / 2,
  });
}

/** The result of an action, or its `Fault`. Rethrows any other error. */
export async function foreseen<T>(action: () => T | Promise<T>): Promise<T | Fault> {
  try {
    return await action();
  } catch (cause) {
    if (!(cause instanceof Fault)) throw cause;
    expect(cause.message).not.toBe('');
    return cause;
  }
}
