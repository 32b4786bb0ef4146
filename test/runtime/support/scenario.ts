import { expect, test } from 'vitest';
import { seconds } from '../../../src/domain/time.ts';
import { FleetInMemory, type FleetOptions } from './fleet-in-memory.ts';
import { verified } from './verify-history.ts';

/**
 * A test that runs a scenario on a fleet in memory, and verifies its audit in the end: no chain is
 * broken, and no record exists or is missing without its event.
 */
export function scenario(
  promise: string,
  play: (fleet: FleetInMemory) => Promise<void>,
  options: FleetOptions = {},
): void {
  test(promise, async () => {
    const fleet = new FleetInMemory(options);
    await play(fleet);
    await fleet.advance(seconds(1));
    expect(fleet.bugs).toEqual([]);
    expect(fleet.audit.verdict()).toEqual([]);
    if (!fleet.audit.isTampered) expect(await verified(fleet)).toEqual([]);
  }, 30_000);
}
