import { beforeEach, describe, expect, it } from 'vitest';
import { LiveSource } from '../../../src/dashboard/server/history/live-source.ts';
import { Fault } from '../../../src/domain/fault.ts';
import { seconds } from '../../../src/domain/time.ts';
import { FleetInMemory } from '../../runtime/support/fleet-in-memory.ts';

let fleet: FleetInMemory;
beforeEach(async () => {
  fleet = new FleetInMemory();
  fleet.collector('watch');
  fleet.agent('h1/a', ['web/w1', 'web/w2']);
  fleet.agent('h2/b', ['db/d1']);
  await fleet.advance(seconds(10));
});

describe('a live source', () => {
  it('reports since when the store does not answer, and then continues from there', async () => {
    const { ports, line } = fleet.process('other');
    const source = new LiveSource('memory', ports);
    await fleet.advance(seconds(3));
    const before = source.index().last;
    expect(source.storeAwaySince()).toBeNull();
    line.down = true;
    await fleet.advance(seconds(20));
    expect(source.storeAwaySince()).toBeGreaterThan(0);
    expect(source.seats()).toBeNull();
    fleet.agent('h9/z', ['web/w9']);
    await fleet.advance(seconds(10));
    expect(source.index().last).toBe(before);
    const since = source.storeAwaySince();
    expect(source.outages()).toEqual([]);
    line.down = false;
    await fleet.advance(seconds(20));
    expect(source.storeAwaySince()).toBeNull();
    expect(source.outages()).toEqual([[since, expect.any(Number)]]);
    const [[from = 0, to = 0] = []] = source.outages();
    expect(to - from).toBeGreaterThan(seconds(20));
    expect(to - from).toBeLessThan(seconds(50));
    const rows = [...source.index().rows(0)].map(({ seq }) => seq);
    expect(rows).toEqual(Array.from({ length: rows.length }, (_, n) => n + 1));
    expect(rows.length).toBeGreaterThan(before);
    const closing = source[Symbol.asyncDispose]();
    await fleet.advance(seconds(20));
    await closing;
  });

  it('keeps when a killed collector was last seen with its seat', async () => {
    const { process } = fleet.collector('killed');
    const { ports } = fleet.process('other');
    const source = new LiveSource('memory', ports);
    await fleet.advance(seconds(10));
    const before = source.seats() ?? [];
    expect(before).toHaveLength(2);
    await fleet.kill(process);
    const killedAt = source.now();
    await fleet.advance(seconds(60));
    const [run = ''] = before.filter((one) => !source.seats()?.includes(one));
    const seenAt = source.seatSeen().get(run) ?? 0;
    expect(seenAt).toBeGreaterThan(killedAt);
    expect(seenAt).toBeLessThanOrEqual(killedAt + seconds(15));
    expect(source.seatSeen().size).toBe(2);
    const closing = source[Symbol.asyncDispose]();
    await fleet.advance(seconds(20));
    await closing;
  });

  it('reports since when events do not arrive although the store answers', async () => {
    const { ports } = fleet.process('other');
    let isRefused = false;
    const audit: typeof ports.audit = {
      ...ports.audit,
      async *follow(from, signal, filters) {
        for await (const event of ports.audit.follow(from, signal, filters)) {
          if (isRefused) throw new Fault('store-refused', 'maximum consumers limit reached');
          yield event;
        }
      },
    };
    const source = new LiveSource('memory', { ...ports, audit });
    await fleet.advance(seconds(3));
    isRefused = true;
    fleet.agent('h8/z', ['web/w8']);
    await fleet.advance(seconds(6));
    expect(source.storeAwaySince()).toBeNull();
    await fleet.advance(seconds(10));
    expect(source.storeAwaySince()).toBeGreaterThan(0);
    expect(source.seats()).not.toBeNull();
    isRefused = false;
    await fleet.advance(seconds(6));
    expect(source.storeAwaySince()).toBeNull();
    const closing = source[Symbol.asyncDispose]();
    await fleet.advance(seconds(20));
    await closing;
  });

  it.each(['follow', 'range'] as const)(
    'reports a failure of audit.%s that is unforeseen, and continues',
    async (name) => {
      const { ports, logged } = fleet.process('other');
      let isBroken = true;
      const broken = (...args: never[]) => {
        if (isBroken) throw new TypeError('unforeseen');
        return (ports.audit[name] as (...args: never[]) => unknown)(...args);
      };
      const source = new LiveSource('memory', {
        ...ports,
        audit: { ...ports.audit, [name]: broken },
      });
      await fleet.advance(seconds(5));
      const warnings = logged.filter(({ fields }) => fields['why'] === 'TypeError: unforeseen');
      expect(warnings.length).toBeGreaterThan(0);
      isBroken = false;
      await fleet.advance(seconds(10));
      expect(source.index().last).toBeGreaterThan(0);
      expect(source.storeAwaySince()).toBeNull();
      const closing = source[Symbol.asyncDispose]();
      await fleet.advance(seconds(20));
      await closing;
    },
  );
});
