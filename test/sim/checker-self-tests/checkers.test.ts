import { describe, expect, test } from 'vitest';
import { seconds } from '../../../src/domain/time.ts';
import { checkers } from '../checkers.ts';
import * as lie from './histories.ts';
import { lasting } from './long-observations.ts';
import { seen } from './observations.ts';
import { judged } from './verdicts.ts';
import { written } from './writes.ts';

const lies = { ...written, ...judged, ...seen, ...lasting };

test('every checker has histories that it must refuse', () => {
  expect(checkers.map(({ guarantee }) => guarantee).sort()).toEqual(Object.keys(lies).sort());
});

describe.each(checkers)('the checker of $guarantee', ({ guarantee, of }) => {
  test.each(lies[guarantee] ?? [])('complains when %s', async (_, complaint, tell) => {
    const sim = await lie.smallFleet();
    const complaints: string[] = [];
    await tell(
      sim,
      of(sim, (what) => void complaints.push(what)),
    );
    expect(complaints.join('\n')).toMatch(complaint);
  });

  test('has no complaint about a healthy fleet', async () => {
    const sim = await lie.smallFleet();
    const complaints: string[] = [];
    const checks = of(sim, (what) => void complaints.push(what));
    await sim.advance(seconds(20));
    checks.onLook?.();
    await checks.onPeace?.();
    checks.onDeath?.(lie.goodDeath);
    expect(complaints).toEqual([]);
  });
});
