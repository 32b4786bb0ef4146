import { describe, expect, test } from 'vitest';
import { MemoryStream } from '../../../../src/adapters/memory/server/stream.ts';
import { VirtualClock } from '../../../../src/adapters/memory/time/virtual-clock.ts';

const all = () => true;

describe('a stream', () => {
  test('keeps the last message of each subject, in the order of its sequence', () => {
    const stream = new MemoryStream(new VirtualClock(), 100);
    stream.append('a', 'first');
    stream.append('b', 'only');
    stream.append('a', 'second');
    const said = stream.after(0, all).map(({ seq, subject, text }) => [seq, subject, text]);
    expect(said).toEqual([
      [101, 'b', 'only'],
      [102, 'a', 'second'],
    ]);
    expect(stream.after(101, all)).toHaveLength(1);
    expect(stream.after(102, all)).toEqual([]);
    expect([stream.lastSeq, stream.seqOf('a'), stream.seqOf('c')]).toEqual([102, 102, 0]);
  });

  test.each([
    [999, true],
    [1000, false],
    [1001, false],
  ])('has a message with a ttl of 1000 after %d: %s', async (passed, stands) => {
    const clock = new VirtualClock();
    const stream = new MemoryStream(clock, 1);
    stream.append('a', 'x', 1000);
    await clock.advance(passed);
    expect(stream.last('a') !== undefined).toBe(stands);
    expect(stream.seqOf('a')).toBe(stands ? 1 : 0);
    expect(stream.after(0, all)).toHaveLength(stands ? 1 : 0);
    expect(stream.lastSeq).toBe(1);
  });

  test('ends a message earlier or later after its expiry is moved, and keeps one without a ttl', async () => {
    const clock = new VirtualClock();
    const stream = new MemoryStream(clock, 1);
    stream.append('short', 'x', 1000);
    stream.append('lasting', 'y');
    stream.moveExpiries(500);
    await clock.advance(1400);
    expect(stream.last('short')).toMatchObject({ seq: 1, writtenAt: 0 });
    stream.moveExpiries(-1000);
    expect(stream.after(0, all)).toMatchObject([{ subject: 'lasting' }]);
  });

  test('does not get an expired message back when the expiries move', async () => {
    const clock = new VirtualClock();
    const stream = new MemoryStream(clock, 1);
    stream.append('a', 'x', 1000);
    await clock.advance(1000);
    stream.moveExpiries(5000);
    expect(stream.last('a')).toBeUndefined();
    expect(stream.after(0, all)).toEqual([]);
  });

  test('drops the ttl of an overwritten message', async () => {
    const clock = new VirtualClock();
    const stream = new MemoryStream(clock, 1);
    stream.append('a', 'x', 1000);
    stream.append('a', 'y');
    await clock.advance(2000);
    expect(stream.last('a')).toMatchObject({ seq: 2, text: 'y' });
  });

  test('keeps the last message of each subject after 20 000 overwrites', () => {
    const stream = new MemoryStream(new VirtualClock(), 0);
    stream.append('old', 'never written again');
    for (let n = 1; n <= 20_000; n += 1) stream.append(`${n % 3}`, `${n}`);
    expect(stream.after(-1, all).map(({ seq }) => seq)).toEqual([0, 19_998, 19_999, 20_000]);
    expect(stream.after(19_998, all).map(({ text }) => text)).toEqual(['19999', '20000']);
    expect(stream.lastSeq).toBe(20_000);
  });
});
