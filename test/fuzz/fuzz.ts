import fc from 'fast-check';
import { expect, vi } from 'vitest';
import { Fault } from '../../src/domain/fault.ts';

/** `FUZZ_RUNS=100000 npm run fuzz`: how many cases a property is given; a few by default. */
const asked = Number(process.env['FUZZ_RUNS'] ?? 0);
vi.setConfig({ testTimeout: asked === 0 ? 60_000 : 24 * 3_600_000 });
/** Nothing that is read takes so long, on however busy a machine. */
const tooLong = 5000;

interface Fuzzing<T> {
  /** Of a cheap property; one that starts something asks for fewer. */
  readonly runs?: number;
  /** What once went wrong. */
  readonly examples?: readonly T[];
}

/**
 * Gives a property what it must survive: it comes to its end in time, throws nothing that was not
 * foreseen, and leaves the prototypes of all objects alone.
 */
export async function fuzz<T>(
  given: fc.Arbitrary<T>,
  survive: (one: T) => unknown,
  { runs = 150, examples = [] }: Fuzzing<T> = {},
): Promise<void> {
  const property = fc.asyncProperty(given, async (one) => {
    const began = performance.now();
    await survive(one);
    expect(performance.now() - began).toBeLessThan(tooLong);
    expect(Object.keys(Object.prototype)).toEqual([]);
  });
  const numRuns = asked === 0 ? runs : Math.ceil((asked * runs) / 150);
  await fc.assert(property, {
    numRuns: numRuns + examples.length,
    examples: examples.map((one) => [one]),
  });
}

/** What an action gives, or the failure that was foreseen; whatever else it throws is thrown on. */
export async function foreseen<T>(action: () => T | Promise<T>): Promise<T | Fault> {
  try {
    return await action();
  } catch (cause) {
    if (!(cause instanceof Fault)) throw cause;
    expect(cause.message).not.toBe('');
    return cause;
  }
}
