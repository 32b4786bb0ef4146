import { describe, expect, test } from 'vitest';
import type { Keyframes } from '../../src/ports/keyframes.ts';
import type { Open } from './support/store-under-test.ts';

async function* piecesOf(text: string, length: number): AsyncGenerator<string, void, undefined> {
  for (let at = 0; at < text.length; at += length) yield text.slice(at, at + length);
}

async function textAt(keyframes: Keyframes, seq: number): Promise<string> {
  let text = '';
  for await (const piece of keyframes.get(seq)) text += piece;
  return text;
}

const put = (keyframes: Keyframes, seq: number, text: string, length = 1000) =>
  keyframes.put(seq, piecesOf(text, length));

/** Longer than any message, every character of two units. */
const long = Array.from({ length: 20_000 }, (_, n) => `{"n":${n},"owl":"🦉🦉🦉🦉🦉🦉🦉"}`).join(
  '\n',
);

export function keyframeContract(open: Open): void {
  describe('keyframes', () => {
    test('there are none at first', async () => {
      await using subject = await open();
      const { keyframes } = subject.store;
      expect(await keyframes.list()).toEqual([]);
      await expect(textAt(keyframes, 1)).rejects.toMatchObject({ code: 'not-found' });
    });

    test.each([
      ['short', 'short', 2],
      ['long, in small pieces', long, 777],
      ['long, in one piece', long, long.length],
    ])('come back as they were kept, to every client: %s', async (_, text, length) => {
      await using subject = await open();
      await using other = await subject.other();
      expect(await put(subject.store.keyframes, 7, text, length)).toBe('kept');
      expect((await textAt(other.keyframes, 7)) === text).toBe(true);
    });

    test('are listed in their order', async () => {
      await using subject = await open();
      const { keyframes } = subject.store;
      for (const seq of [10, 9, 100, 11]) await put(keyframes, seq, `${seq}`);
      expect(await keyframes.list()).toEqual([9, 10, 11, 100]);
    });

    test('one that stands there stays', async () => {
      await using subject = await open();
      await using other = await subject.other();
      const results = await Promise.all([
        put(subject.store.keyframes, 5, 'one'),
        put(other.keyframes, 5, 'two'),
      ]);
      expect([...results].sort()).toEqual(['already', 'kept']);
      const stands = await textAt(other.keyframes, 5);
      expect(stands).toBe(results[0] === 'kept' ? 'one' : 'two');
      expect(await put(other.keyframes, 5, 'three')).toBe('already');
      expect(await textAt(other.keyframes, 5)).toBe(stands);
    });

    test('one that is not given to its end is not kept', async () => {
      await using subject = await open();
      const { keyframes } = subject.store;
      const failing = async function* () {
        yield long;
        throw new Error('the history ended');
      };
      await expect(keyframes.put(5, failing())).rejects.toThrow('the history ended');
      expect(await keyframes.list()).toEqual([]);
      expect(await put(keyframes, 5, 'whole')).toBe('kept');
      expect(await textAt(keyframes, 5)).toBe('whole');
    });

    test('one that was dropped is gone, the others stay, and its place is free', async () => {
      await using subject = await open();
      const { keyframes } = subject.store;
      for (const seq of [5, 6]) await put(keyframes, seq, `${seq}`);
      await keyframes.drop(5);
      await keyframes.drop(7);
      expect(await keyframes.list()).toEqual([6]);
      await expect(textAt(keyframes, 5)).rejects.toMatchObject({ code: 'not-found' });
      expect(await put(keyframes, 5, 'new')).toBe('kept');
      expect(await textAt(keyframes, 5)).toBe('new');
    });

    test('the beginning is read without the rest', async () => {
      await using subject = await open();
      const { keyframes } = subject.store;
      await put(keyframes, 5, long);
      for await (const piece of keyframes.get(5)) {
        expect(long.startsWith(piece)).toBe(true);
        expect(piece.length).toBeLessThan(long.length / 2);
        break;
      }
    });
  });
}
