import { describe, expect, test } from 'vitest';
import { Walk } from '../runtime/walk.ts';

const seeds = Array.from({ length: 30 }, (_, n) => n + 1);
const steps = 60;

async function walked(seed: number): Promise<Walk> {
  const walk = new Walk(seed);
  await walk.begin();
  for (let n = 0; n < steps; n += 1) await walk.step();
  await walk.calm();
  return walk;
}

describe('whatever happens to a fleet, then calm', () => {
  test.each(seeds)('nobody lost what was alive, and all is in order (seed %i)', async (seed) => {
    const walk = await walked(seed);
    const complaints = await walk.complaints();
    expect(complaints, [`seed ${seed}`, ...walk.trace].join('\n')).toEqual([]);
  });

  test('the same seed gives the same history', async () => {
    const [one, other] = [await walked(4), await walked(4)];
    expect(one.fleet.audit.events.length).toBeGreaterThan(100);
    expect(one.fleet.audit.events).toEqual(other.fleet.audit.events);
    expect(one.trace).toEqual(other.trace);
  });
});
