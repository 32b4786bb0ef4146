import { describe, expect, test } from 'vitest';
import { VirtualClock } from '../../../../src/adapters/memory/time/virtual-clock.ts';
import { RunId, type Slot, ZoneName } from '../../../../src/domain/identity/names.ts';
import {
  type CountedDisconnect,
  RecentDisconnects,
} from '../../../../src/runtime/collector/observe/recent-disconnects.ts';
import { slotOf } from '../../../domain/support/sample-records.ts';

const runOf = (slot: ReturnType<typeof slotOf>) => ({ ...slot, run: RunId.parse('0123456789') });
const rack = ZoneName.parse('rack');
const other = ZoneName.parse('other');
const slots = Array.from({ length: 8 }, (_, n) => slotOf(`h${n}/a`));
const [a, b, c, d, e] = slots as [Slot, Slot, Slot, Slot, Slot];
const never = Number.NEGATIVE_INFINITY;

function given() {
  const clock = new VirtualClock();
  const departed = new RecentDisconnects(clock);
  /** Slots whose run came back. */
  const back = new Set<string>();
  const ruleOf = (most: number) => ({
    most,
    counts: ({ slot }: CountedDisconnect) => !back.has(slot),
  });
  return {
    ...{ clock, departed, back },
    close: (slot = a, most = 3, zone = rack, how: 'other' | 'closed-by-client' = 'other') =>
      departed.add(runOf(slot), zone, how, ruleOf(most)),
    noted: () => slots.filter((slot) => departed.find(slot, never)).map(({ host }) => host),
  };
}

describe('a connection that closed', () => {
  test('is remembered with the way it closed and the time', async () => {
    const { clock, departed, close } = given();
    await clock.advance(1000);
    expect(close(a, 3, rack, 'closed-by-client')).toBe(true);
    expect(departed.find(a, never)).toMatchObject({ how: 'closed-by-client', at: 1000 });
    expect(departed.find(slotOf('h0/b'), never)).toBeUndefined();
  });

  test.each([
    [999, true],
    [1000, false],
    [1001, false],
  ])('at 1000 is evidence about a run that was last seen at %i: %s', async (heardAt, counts) => {
    const { clock, departed, close } = given();
    await clock.advance(1000);
    close();
    expect(departed.find(a, heardAt) !== undefined).toBe(counts);
  });

  test('counts until it is dropped, whatever its age', async () => {
    const { clock, departed, close, noted } = given();
    close();
    close(b);
    await clock.advance(3_600_000);
    departed.drop(a);
    expect(noted()).toEqual(['h1']);
  });

  test('is remembered with its last time if it closed twice', async () => {
    const { clock, departed, close } = given();
    close();
    await clock.advance(5000);
    close(a, 3, rack, 'closed-by-client');
    expect(departed.find(a, 4999)).toMatchObject({ how: 'closed-by-client', at: 5000 });
  });

  test('is forgotten at a reset, with the count', () => {
    const { departed, close, noted } = given();
    for (const slot of [a, b, c]) close(slot);
    departed.clear();
    expect(noted()).toEqual([]);
    for (const slot of [a, b, c]) expect(close(slot)).toBe(true);
  });
});

describe('a group of connections that close together', () => {
  test('counts up to the limit; with one more, none counts', () => {
    const { close, noted } = given();
    expect([close(a), close(b), close(c)]).toEqual([true, true, true]);
    expect(noted()).toEqual(['h0', 'h1', 'h2']);
    expect(close(d)).toBe(false);
    expect(noted()).toEqual([]);
  });

  test('counts as a failure of the server, and no connection of it is noted', () => {
    const { close, noted } = given();
    for (const slot of slots) close(slot);
    expect(noted()).toEqual([]);
  });

  test.each([
    [1999, []],
    [2000, ['h0', 'h1', 'h2', 'h3']],
  ])('has its last connection closed %i ms after the others: %j count', async (apart, left) => {
    const { clock, close, noted } = given();
    for (const slot of [a, b, c]) close(slot);
    await clock.advance(apart);
    close(d);
    expect(noted()).toEqual(left);
  });

  test('leaves older closed connections valid', async () => {
    const { clock, close, noted } = given();
    close(a);
    await clock.advance(2000);
    for (const slot of slots.slice(1)) close(slot);
    expect(noted()).toEqual(['h0']);
  });

  test('does not include connections that close slowly one after another', async () => {
    const { clock, close } = given();
    for (let n = 0; n < 50; n += 1) {
      expect(close(slots[n % 8])).toBe(true);
      await clock.advance(700);
    }
  });

  test('does not affect another zone', () => {
    const { close, noted } = given();
    close(a, 3, other);
    for (const slot of slots.slice(1)) close(slot);
    expect(noted()).toEqual(['h0']);
    expect(close(b, 3, other)).toBe(true);
  });

  test('counts a slot once, however often its connection closes', () => {
    const { close, noted } = given();
    for (let n = 0; n < 9; n += 1) expect(close(a)).toBe(true);
    expect([close(b), close(c)]).toEqual([true, true]);
    expect(noted()).toEqual(['h0', 'h1', 'h2']);
    expect(close(d)).toBe(false);
  });

  test('does not count a run that came back', () => {
    const { close, noted, back } = given();
    for (const slot of [a, b, c]) close(slot);
    back.add('h0.a');
    expect(close(d)).toBe(true);
    expect(noted()).toEqual(['h0', 'h1', 'h2', 'h3']);
  });

  test('does not count a run that answered', () => {
    const { departed, close } = given();
    for (const slot of [a, b, c]) close(slot);
    departed.answered(b);
    expect(close(d)).toBe(true);
    expect(close(b)).toBe(false);
  });

  test('counts a run that was judged: it is one of many deaths', () => {
    const { departed, close } = given();
    for (const slot of [a, b, c]) close(slot);
    for (const slot of [a, b, c]) departed.drop(slot);
    expect(close(d)).toBe(false);
  });

  test.each([
    [99, false],
    [100, true],
  ])('is counted again after %i ms: %s', async (later, counted) => {
    const { clock, close, back } = given();
    for (const slot of [a, b, c, d]) close(slot);
    back.add('h0.a').add('h1.a');
    await clock.advance(later);
    expect(close(e)).toBe(counted);
  });
});
