import { describe, expect, test } from 'vitest';
import {
  type LeasePolicy,
  renewEvery,
  renewJitter,
} from '../../../src/domain/policy/lease-policy.ts';
import { type Millis, seconds } from '../../../src/domain/time.ts';
import { elapsedSince, LeaseKeeper } from '../../../src/runtime/support/lease-keeper.ts';
import { FleetInMemory } from './fleet-in-memory.ts';
import type { Process } from './process.ts';
import { recordedFacts } from './recorded-facts.ts';

const lease: LeasePolicy = { ttl: seconds(6), grace: seconds(10) };

/** A keeper in a process of its own, and what it said. */
function keeping(text = () => 'mine') {
  const fleet = new FleetInMemory({ lease });
  const process = fleet.process('h1');
  const said: string[] = [];
  const keep = (by: Process = process) =>
    new LeaseKeeper({ key: 'seat.1', text }, lease, by.ports, (why) => void said.push(why));
  const stands = () => fleet.world.leases.last('seat.1')?.text;
  return { fleet, process, said, keeper: keep(), keep, stands };
}

describe('a lease', () => {
  test('that is renewed in time is held for good', async () => {
    const { fleet, keeper, said, stands } = keeping();
    expect(keeper.isValid).toBe(false);
    await keeper.acquire();
    await fleet.advance(seconds(600));
    expect([keeper.isValid, stands(), said]).toEqual([true, 'mine', []]);
  });

  test('is renewed every third of its ttl, a little earlier than later', async () => {
    const { fleet, process, keeper } = keeping();
    await keeper.acquire();
    const revisions: Millis[] = [];
    for (let before = keeper.revision; revisions.length < 100; ) {
      await fleet.advance(1);
      if (keeper.revision === before) continue;
      before = keeper.revision;
      revisions.push(fleet.clock.monotonic());
    }
    const pauses = revisions.slice(1).map((at, n) => at - (revisions[n] ?? 0));
    expect(Math.max(...pauses)).toBeLessThanOrEqual(renewEvery(lease) + 1);
    expect(Math.min(...pauses)).toBeGreaterThanOrEqual(renewEvery(lease) * (1 - renewJitter) - 1);
    expect(process.line.requests).toBe(101);
  });

  test('may be claimed until a ttl after its last renewal was sent, and not a moment longer', async () => {
    const { fleet, process, keeper, said } = keeping();
    process.line.delay = () => 200; // sent at 0, served at 200, acknowledged at 400
    const taking = keeper.acquire();
    await fleet.advance(400);
    expect(await taking).toBe('acquired');
    process.line.down = true;
    await fleet.advance(lease.ttl - 401);
    expect([keeper.isValid, said]).toEqual([true, []]);
    await fleet.advance(1);
    expect([keeper.isValid, said]).toEqual([false, ['no renewal was acknowledged for a ttl']]);
  });

  test('whose acknowledgement took a whole ttl is not held, until it is taken again', async () => {
    const { fleet, process, keeper, said, stands } = keeping();
    process.line.delay = () => lease.ttl / 2; // sent at 0, served at 3 s, acknowledged at 6 s
    const taking = keeper.acquire();
    await fleet.advance(lease.ttl);
    expect([await taking, keeper.isValid, stands(), said]).toEqual(['late', false, 'mine', []]);
    process.line.delay = () => 0;
    expect([await keeper.acquire(), keeper.isValid]).toEqual(['acquired', true]);
    await fleet.advance(seconds(600));
    expect([keeper.isValid, stands(), said]).toEqual([true, 'mine', []]);
  });

  test('counts from when a renewal was sent, however long its answer was under way (G3)', async () => {
    const { fleet, process, keeper } = keeping();
    await keeper.acquire();
    process.line.delay = () => 500; // acknowledged a second after it was sent
    const before = keeper.revision;
    while (keeper.revision === before) await fleet.advance(1);
    process.line.down = true;
    await fleet.advance(lease.ttl - seconds(1) - 2);
    expect(keeper.isValid).toBe(true);
    await fleet.advance(3);
    expect(keeper.isValid).toBe(false);
  });

  test('is over for its holder before it is over for the store', async () => {
    const { fleet, process, keeper, stands } = keeping();
    process.line.delay = () => 200;
    const taking = keeper.acquire();
    await fleet.advance(400);
    await taking;
    process.line.down = true;
    await fleet.advance(lease.ttl - 400);
    expect([keeper.isValid, stands()]).toEqual([false, 'mine']);
  });

  test('whose renewal hangs lapses all the same', async () => {
    const { fleet, process, keeper, said } = keeping();
    await keeper.acquire();
    process.line.fate = () => 'lost';
    process.line.patience = seconds(100);
    await fleet.advance(lease.ttl);
    expect(said).toEqual(['no renewal was acknowledged for a ttl']);
  });

  test('whose renewals fail for less than a ttl is kept', async () => {
    const { fleet, process, keeper, said } = keeping();
    await keeper.acquire();
    await fleet.advance(seconds(2.5));
    process.line.down = true;
    await fleet.advance(seconds(4));
    process.line.down = false;
    await fleet.advance(seconds(1));
    expect([keeper.isValid, said]).toEqual([true, []]);
  });

  test('that somebody else has is not taken, and not disturbed', async () => {
    const { keeper, keep, fleet, stands } = keeping();
    await keeper.acquire();
    const other = new LeaseKeeper(
      { key: 'seat.1', text: () => 'theirs' },
      lease,
      fleet.process('h2').ports,
      () => {},
    );
    expect(await other.acquire()).toBe('taken');
    expect([other.isValid, stands()]).toEqual([false, 'mine']);
    expect(await keep().acquire()).toBe('acquired'); // the same text is a write of ours
  });

  test('that went to somebody else is lost at the next renewal', async () => {
    const { fleet, keeper, said } = keeping();
    await keeper.acquire();
    fleet.world.leases.append('seat.1', 'theirs', seconds(60));
    await fleet.advance(seconds(2.1));
    expect([keeper.isValid, said]).toEqual([false, ['the renewal was refused']]);
  });

  test('that lapsed is said once, and can be taken again', async () => {
    const { fleet, process, keeper, said } = keeping();
    await keeper.acquire();
    process.line.down = true;
    await fleet.advance(seconds(30));
    expect(said).toHaveLength(1);
    process.line.down = false;
    await keeper.acquire();
    await fleet.advance(seconds(30));
    expect([keeper.isValid, said.length]).toEqual([true, 1]);
  });

  for (const fate of ['unanswered', 'lost', 'late'] as const) {
    test(`whose acknowledgement is lost (${fate}) is held in the end, and by one text`, async () => {
      let n = 0;
      const { fleet, process, keeper, said, stands } = keeping(() => {
        n += 1;
        return `mine, ${n}`;
      });
      await keeper.acquire();
      process.line.fate = (request) => (request % 4 === 0 ? fate : 'fine');
      await fleet.advance(seconds(300));
      expect([keeper.isValid, said]).toEqual([true, []]);
      expect(stands()).toMatch(/^mine, /);
    });
  }

  test('that is given back is free at once, also with a renewal under way', async () => {
    const { fleet, process, keeper, stands } = keeping();
    await keeper.acquire();
    process.line.fate = (request) => (request === 2 ? 'unanswered' : 'fine');
    process.line.patience = seconds(1);
    await fleet.advance(seconds(2.1));
    await keeper.release();
    expect(stands()).toBeUndefined();
    await fleet.advance(seconds(30));
    expect(stands()).toBeUndefined();
  });

  test('that cannot be given back lapses by itself', async () => {
    const { fleet, process, keeper, stands, said } = keeping();
    await keeper.acquire();
    process.line.down = true;
    await keeper.release();
    expect(stands()).toBe('mine');
    await fleet.advance(lease.ttl);
    expect([stands(), said]).toEqual([undefined, []]);
  });

  test('tells how late its process woke', async () => {
    const { fleet, process, keeper } = keeping();
    await keeper.acquire();
    await fleet.advance(seconds(1.5));
    expect(keeper.lag).toBe(0);
    process.freeze();
    await fleet.advance(seconds(1.5));
    process.thaw();
    await fleet.advance(0);
    expect(keeper.lag).toBeGreaterThan(seconds(0.9));
  });
});

/** Virtual time goes by 1024ths of a millisecond. */
const rounded = (told: readonly (readonly unknown[])[]) =>
  told.map((fact) => fact.map((each) => (typeof each === 'number' ? Math.round(each) : each)));

describe('the metrics of a lease', () => {
  async function counting() {
    const { fleet, process } = keeping();
    const { metrics, told } = recordedFacts();
    const ports = { ...process.ports, metrics };
    const keeper = new LeaseKeeper({ key: 'run.a', text: () => 'mine' }, lease, ports, () => {});
    await keeper.acquire();
    return { fleet, process, keeper, told };
  }

  test('count each renewal, and how much later than planned it was acknowledged', async () => {
    const { fleet, process, told } = await counting();
    process.line.delay = () => 150; // there and back: 300
    await fleet.advance(seconds(7));
    expect(rounded(told)).toEqual([
      ['renewed', 'run', 300],
      ['renewed', 'run', 300],
      ['renewed', 'run', 300],
    ]);
  });

  test('count a renewal without an answer, and the lateness of the one that got through', async () => {
    const { fleet, process, told } = await counting();
    process.line.down = true;
    await fleet.advance(seconds(3));
    process.line.down = false;
    await fleet.advance(seconds(0.6));
    const failures = told.filter(([fact]) => fact === 'renewalFailed');
    expect(failures.length).toBeGreaterThan(1);
    expect(new Set(failures.map(String))).toEqual(new Set(['renewalFailed,run,unanswered']));
    const [renewed] = told.filter(([fact]) => fact === 'renewed');
    expect(renewed?.[2]).toBeGreaterThanOrEqual(seconds(1)); // planned at 2 s at the latest
    expect(renewed?.[2]).toBeLessThanOrEqual(seconds(1.8)); // planned at 1.8 s at the earliest
  });

  test('count a refused renewal and the lapse', async () => {
    const { fleet, told } = await counting();
    fleet.world.leases.append('run.a', 'theirs', seconds(60));
    await fleet.advance(seconds(2.1));
    expect(told).toEqual([
      ['renewalFailed', 'run', 'refused'],
      ['lapsed', 'run'],
    ]);
  });

  test('count a lapse without a refusal once', async () => {
    const { fleet, process, told } = await counting();
    process.line.down = true;
    await fleet.advance(seconds(30));
    expect(told.filter(([fact]) => fact === 'lapsed')).toEqual([['lapsed', 'run']]);
  });

  test('count nothing of a lease that was given back meanwhile', async () => {
    const { fleet, process, keeper, told } = await counting();
    process.line.fate = (request) => (request === 2 ? 'unanswered' : 'fine');
    process.line.patience = seconds(1);
    await fleet.advance(seconds(2.1));
    await keeper.release();
    await fleet.advance(seconds(30));
    expect(told).toEqual([]);
  });

  test('know a seat from a run', async () => {
    const { fleet, process } = keeping();
    const { metrics, told } = recordedFacts();
    const ports = { ...process.ports, metrics };
    const keeper = new LeaseKeeper({ key: 'seat.1', text: () => 'mine' }, lease, ports, () => {});
    await keeper.acquire();
    await fleet.advance(seconds(2));
    expect(rounded(told)).toEqual([['renewed', 'seat', 0]]);
  });
});

describe('the time since a moment', () => {
  const moved = (monotonic: Millis, wall: Millis) => {
    const clock = {
      monotonic: () => 1000 + monotonic,
      wall: () => 5000 + wall,
      sleep: async () => {},
    };
    return elapsedSince({ monotonic: 1000, wall: 5000 }, clock);
  };

  test.each([
    ['both went', 10, 10, 10],
    ['the monotonic clock stood still in a suspended machine', 1, 30_000, 30_000],
    ['the wall clock was set back', 10, -3_600_000, 10],
    ['the wall clock was set forward', 10, 3_600_000, 3_600_000],
  ])('is that of the clock that moved further: %s', (_, monotonic, wall, elapsed) => {
    expect(moved(monotonic, wall)).toBe(elapsed);
  });
});
