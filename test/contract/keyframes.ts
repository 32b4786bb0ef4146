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

/** Longer than any message, every character with two UTF-16 units. */
const long = Array.from({ length: 20_000 }, (_, n) => `{"n":${n},"owl":"🦉🦉🦉🦉🦉🦉🦉"}`).join(
  '\n',
);

export function keyframeContract(open: Open): void {
  describe('a store of keyframes', () => {
    test('is empty at first', async () => {
      await using subject = await open();
      const { keyframes } = subject.store;
      expect(await keyframes.list()).toEqual([]);
      await expect(textAt(keyframes, 1)).rejects.toMatchObject({ code: 'not-found' });
    });

    test.each([
      ['short', 'short', 2],
      ['long, in small pieces', long, 777],
      ['long, in one piece', long, long.length],
    ])('returns a keyframe unchanged to every client: %s', async (_, text, length) => {
      await using subject = await open();
      await using other = await subject.other();
      expect(await put(subject.store.keyframes, 7, text, length)).toBe('kept');
      expect((await textAt(other.keyframes, 7)) === text).toBe(true);
    });

    test('lists keyframes in order', async () => {
      await using subject = await open();
      const { keyframes } = subject.store;
      for (const seq of [10, 9, 100, 11]) await put(keyframes, seq, `${seq}`);
      expect(await keyframes.list()).toEqual([9, 10, 11, 100]);
    });

    test('keeps an existing keyframe on a second write', async () => {
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

    test('does not store a keyframe whose input was aborted', async () => {
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

    test('removes only the dropped keyframe, and accepts another at its sequence', async () => {
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

    test('reads the beginning of a keyframe without the rest', async () => {
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
