import { describe, expect, test } from 'vitest';
import { renewEvery, renewJitter } from '../../../../src/domain/policy/lease-policy.ts';
import { type Millis, seconds } from '../../../../src/domain/time.ts';
import { elapsedSince, LeaseKeeper } from '../../../../src/runtime/support/lease-keeper.ts';
import { keeping, lease } from './kept-lease.ts';

describe('a lease', () => {
  test('that is renewed in time is always held', async () => {
    const { fleet, keeper, reasons, leaseText } = keeping();
    expect(keeper.isValid).toBe(false);
    await keeper.acquire();
    await fleet.advance(seconds(600));
    expect([keeper.isValid, leaseText(), reasons]).toEqual([true, 'mine', []]);
  });

  test('is renewed every third of its ttl, or slightly earlier', async () => {
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

  test('is valid until a ttl after its last renewal was sent, and not longer', async () => {
    const { fleet, process, keeper, reasons } = keeping();
    process.line.delay = () => 200; // sent at 0, served at 200, acknowledged at 400
    const taking = keeper.acquire();
    await fleet.advance(400);
    expect(await taking).toBe('acquired');
    process.line.down = true;
    await fleet.advance(lease.ttl - 401);
    expect([keeper.isValid, reasons]).toEqual([true, []]);
    await fleet.advance(1);
    expect([keeper.isValid, reasons]).toEqual([false, ['no renewal was acknowledged for a ttl']]);
  });

  test('whose acknowledgement took a whole ttl is not held until it is acquired again', async () => {
    const { fleet, process, keeper, reasons, leaseText } = keeping();
    process.line.delay = () => lease.ttl / 2; // sent at 0, served at 3 s, acknowledged at 6 s
    const taking = keeper.acquire();
    await fleet.advance(lease.ttl);
    expect([await taking, keeper.isValid, leaseText(), reasons]).toEqual([
      'late',
      false,
      'mine',
      [],
    ]);
    process.line.delay = () => 0;
    expect([await keeper.acquire(), keeper.isValid]).toEqual(['acquired', true]);
    await fleet.advance(seconds(600));
    expect([keeper.isValid, leaseText(), reasons]).toEqual([true, 'mine', []]);
  });

  test('counts from the time when a renewal was sent, however long the answer took (G3)', async () => {
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

  test('ends for its holder before it ends for the store', async () => {
    const { fleet, process, keeper, leaseText } = keeping();
    process.line.delay = () => 200;
    const taking = keeper.acquire();
    await fleet.advance(400);
    await taking;
    process.line.down = true;
    await fleet.advance(lease.ttl - 400);
    expect([keeper.isValid, leaseText()]).toEqual([false, 'mine']);
  });

  test('whose renewal gets no answer lapses', async () => {
    const { fleet, process, keeper, reasons } = keeping();
    await keeper.acquire();
    process.line.fate = () => 'lost';
    process.line.patience = seconds(100);
    await fleet.advance(lease.ttl);
    expect(reasons).toEqual(['no renewal was acknowledged for a ttl']);
  });

  test('whose renewals fail for less than a ttl is kept', async () => {
    const { fleet, process, keeper, reasons } = keeping();
    await keeper.acquire();
    await fleet.advance(seconds(2.5));
    process.line.down = true;
    await fleet.advance(seconds(4));
    process.line.down = false;
    await fleet.advance(seconds(1));
    expect([keeper.isValid, reasons]).toEqual([true, []]);
  });

  test('that another process has is neither acquired nor changed', async () => {
    const { keeper, keep, fleet, leaseText } = keeping();
    await keeper.acquire();
    const other = new LeaseKeeper(
      { key: 'seat.1', text: () => 'theirs' },
      lease,
      fleet.process('h2').ports,
      () => {},
    );
    expect(await other.acquire()).toBe('taken');
    expect([other.isValid, leaseText()]).toEqual([false, 'mine']);
    expect(await keep().acquire()).toBe('acquired'); // the same text is a write of ours
  });

  test('that another process acquired is lost at the next renewal', async () => {
    const { fleet, keeper, reasons } = keeping();
    await keeper.acquire();
    fleet.world.leases.append('seat.1', 'theirs', seconds(60));
    await fleet.advance(seconds(2.1));
    expect([keeper.isValid, reasons]).toEqual([false, ['the renewal was refused']]);
  });

  test('that lapsed is reported once, and can be acquired again', async () => {
    const { fleet, process, keeper, reasons } = keeping();
    await keeper.acquire();
    process.line.down = true;
    await fleet.advance(seconds(30));
    expect(reasons).toHaveLength(1);
    process.line.down = false;
    await keeper.acquire();
    await fleet.advance(seconds(30));
    expect([keeper.isValid, reasons.length]).toEqual([true, 1]);
  });

  for (const fate of ['unanswered', 'lost', 'late'] as const) {
    test(`whose acknowledgement is lost (${fate}) is held in the end, by one text`, async () => {
      let n = 0;
      const { fleet, process, keeper, reasons, leaseText } = keeping(() => {
        n += 1;
        return `mine, ${n}`;
      });
      await keeper.acquire();
      process.line.fate = (request) => (request % 4 === 0 ? fate : 'fine');
      await fleet.advance(seconds(300));
      expect([keeper.isValid, reasons]).toEqual([true, []]);
      expect(leaseText()).toMatch(/^mine, /);
    });
  }

  test('that is given back is free immediately, even with a pending renewal', async () => {
    const { fleet, process, keeper, leaseText } = keeping();
    await keeper.acquire();
    process.line.fate = (request) => (request === 2 ? 'unanswered' : 'fine');
    process.line.patience = seconds(1);
    await fleet.advance(seconds(2.1));
    await keeper.release();
    expect(leaseText()).toBeUndefined();
    await fleet.advance(seconds(30));
    expect(leaseText()).toBeUndefined();
  });

  test('that cannot be given back lapses by itself', async () => {
    const { fleet, process, keeper, leaseText, reasons } = keeping();
    await keeper.acquire();
    process.line.down = true;
    await keeper.release();
    expect(leaseText()).toBe('mine');
    await fleet.advance(lease.ttl);
    expect([leaseText(), reasons]).toEqual([undefined, []]);
  });

  test('reports how late its process woke', async () => {
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
    ['both clocks advanced', 10, 10, 10],
    ['the monotonic clock stopped in a suspended machine', 1, 30_000, 30_000],
    ['the wall clock was set back', 10, -3_600_000, 10],
    ['the wall clock was set forward', 10, 3_600_000, 3_600_000],
  ])('is that of the clock that advanced further: %s', (_, monotonic, wall, elapsed) => {
    expect(moved(monotonic, wall)).toBe(elapsed);
  });
});
