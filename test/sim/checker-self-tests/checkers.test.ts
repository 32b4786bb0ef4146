import { describe, expect, test } from 'vitest';
import { seconds } from '../../../src/domain/time.ts';
import { checkers } from '../checkers.ts';
import * as lie from './histories.ts';
import { seen } from './observations.ts';
import { judged } from './verdicts.ts';
import { written } from './writes.ts';

const lies = { ...written, ...judged, ...seen };

test('every checker is lied to', () => {
  expect(checkers.map(({ guarantee }) => guarantee).sort()).toEqual(Object.keys(lies).sort());
});

describe.each(checkers)('the checker of $guarantee', ({ guarantee, of }) => {
  test.each(lies[guarantee] ?? [])('complains where %s', async (_, complaint, tell) => {
    const sim = await lie.smallFleet();
    const complaints: string[] = [];
    await tell(
      sim,
      of(sim, (what) => void complaints.push(what)),
    );
    expect(complaints.join('\n')).toMatch(complaint);
  });

  test('says nothing of a fleet in which all is well', async () => {
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
