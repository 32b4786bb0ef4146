import { describe, expect, test } from 'vitest';
import { seconds } from '../../../../src/domain/time.ts';
import { LeaseKeeper } from '../../../../src/runtime/support/lease-keeper.ts';
import { recordedFacts } from '../recorded-facts.ts';
import { keeping, lease } from './kept-lease.ts';

/** Virtual time has a resolution of 1/1024 ms. */
const rounded = (facts: readonly (readonly unknown[])[]) =>
  facts.map((fact) => fact.map((each) => (typeof each === 'number' ? Math.round(each) : each)));

describe('the metrics of a lease', () => {
  async function counting() {
    const { fleet, process } = keeping();
    const { metrics, facts } = recordedFacts();
    const ports = { ...process.ports, metrics };
    const keeper = new LeaseKeeper({ key: 'run.a', text: () => 'mine' }, lease, ports, () => {});
    await keeper.acquire();
    return { fleet, process, keeper, facts };
  }

  test('count each renewal, and how much later than planned it was acknowledged', async () => {
    const { fleet, process, facts } = await counting();
    process.line.delay = () => 150; // Round trip: 300.
    await fleet.advance(seconds(7));
    expect(rounded(facts)).toEqual([
      ['renewed', 'run', 300],
      ['renewed', 'run', 300],
      ['renewed', 'run', 300],
    ]);
  });

  test('count a renewal without an answer, and the delay of the next successful one', async () => {
    const { fleet, process, facts } = await counting();
    process.line.down = true;
    await fleet.advance(seconds(3));
    process.line.down = false;
    await fleet.advance(seconds(0.6));
    const failures = facts.filter(([fact]) => fact === 'renewalFailed');
    expect(failures.length).toBeGreaterThan(1);
    expect(new Set(failures.map(String))).toEqual(new Set(['renewalFailed,run,unanswered']));
    const [renewed] = facts.filter(([fact]) => fact === 'renewed');
    expect(renewed?.[2]).toBeGreaterThanOrEqual(seconds(1)); // planned at 2 s at the latest
    expect(renewed?.[2]).toBeLessThanOrEqual(seconds(1.8)); // planned at 1.8 s at the earliest
  });

  test('count a refused renewal and the lapse', async () => {
    const { fleet, facts } = await counting();
    fleet.world.leases.append('run.a', 'theirs', seconds(60));
    await fleet.advance(seconds(2.1));
    expect(facts).toEqual([
      ['renewalFailed', 'run', 'refused'],
      ['lapsed', 'run'],
    ]);
  });

  test('count a lapse without a refusal once', async () => {
    const { fleet, process, facts } = await counting();
    process.line.down = true;
    await fleet.advance(seconds(30));
    expect(facts.filter(([fact]) => fact === 'lapsed')).toEqual([['lapsed', 'run']]);
  });

  test('count each attempt to take a lapsed lease again at a store that does not answer', async () => {
    const { process, keeper, facts } = await counting();
    process.line.down = true;
    for (let n = 0; n < 3; n += 1) await expect(keeper.acquire()).rejects.toThrow();
    expect(facts).toEqual(Array(3).fill(['renewalFailed', 'run', 'unanswered']));
  });

  test('do not count a lease that was released meanwhile', async () => {
    const { fleet, process, keeper, facts } = await counting();
    process.line.fate = (request) => (request === 2 ? 'unanswered' : 'fine');
    process.line.patience = seconds(1);
    await fleet.advance(seconds(2.1));
    await keeper.release();
    await fleet.advance(seconds(30));
    expect(facts).toEqual([]);
  });

  test('distinguish a seat from a run', async () => {
    const { fleet, process } = keeping();
    const { metrics, facts } = recordedFacts();
    const ports = { ...process.ports, metrics };
    const keeper = new LeaseKeeper({ key: 'seat.1', text: () => 'mine' }, lease, ports, () => {});
    await keeper.acquire();
    await fleet.advance(seconds(2));
    expect(rounded(facts)).toEqual([['renewed', 'seat', 0]]);
  });
});
