import { describe, expect, test } from 'vitest';
import type { Open } from './support/store-under-test.ts';

const hash = '0123456789ab';

export function chartContract(open: Open): void {
  describe('a store of charts', () => {
    test('is empty at first', async () => {
      await using subject = await open();
      expect(await subject.store.charts.get('run', hash)).toBeUndefined();
    });

    test('returns a chart unchanged to every client, under its own name only', async () => {
      await using subject = await open();
      await using other = await subject.other();
      const text = '{"machine":"run","owl":"🦉"}';
      expect(await subject.store.charts.publish('run', hash, text)).toBe('published');
      expect(await other.charts.get('run', hash)).toBe(text);
      expect(await other.charts.get('run', 'ba9876543210')).toBeUndefined();
      expect(await other.charts.get('session', hash)).toBeUndefined();
    });

    test('keeps an existing chart on a second publication', async () => {
      await using subject = await open();
      await using other = await subject.other();
      expect(await subject.store.charts.publish('run', hash, 'one')).toBe('published');
      expect(await other.charts.publish('run', hash, 'two')).toBe('already');
      expect(await subject.store.charts.get('run', hash)).toBe('one');
    });

    test('tells which charts are missing', async () => {
      await using subject = await open();
      await using other = await subject.other();
      const run = { machine: 'run', hash };
      const odd = { machine: 'a.b > *', hash };
      const hold = { machine: 'hold', hash };
      const missing = () => other.charts.missing([run, odd, hold]);
      expect(await missing()).toEqual([run, odd, hold]);
      await subject.store.charts.publish(odd.machine, hash, 'text');
      expect(await missing()).toEqual([run, hold]);
      await subject.store.charts.publish(run.machine, hash, 'text');
      await subject.store.charts.publish(hold.machine, 'ba9876543210', 'text');
      expect(await missing()).toEqual([hold]);
    });

    test('accepts any machine name', async () => {
      await using subject = await open();
      const name = 'a.b > * $KV c';
      await subject.store.charts.publish(name, hash, 'text');
      expect(await subject.store.charts.get(name, hash)).toBe('text');
      expect(await subject.store.charts.get('a', hash)).toBeUndefined();
    });

    test('lists no chart as a keyframe, and keeps charts when keyframes are dropped', async () => {
      await using subject = await open();
      const { charts, keyframes } = subject.store;
      const text = async function* () {
        yield 'where it stood';
      };
      await charts.publish('run', hash, 'text');
      expect(await keyframes.list()).toEqual([]);
      await keyframes.put(5, text());
      await keyframes.drop(5);
      expect(await charts.get('run', hash)).toBe('text');
    });
  });
}
