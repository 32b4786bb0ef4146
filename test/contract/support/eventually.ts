import type { Millis } from '../../../src/domain/time.ts';
import type { Subject } from './store-under-test.ts';

/** The bound of everything that a store guarantees eventually: a leader change takes up to 10 s. */
const within: Millis = 20_000;
const lookEvery: Millis = 20;

/** What `look` returns once it no longer throws; at the bound, what it threw last. */
export async function eventually<T>(subject: Subject, look: () => T | Promise<T>): Promise<T> {
  for (let waited = 0; waited < within; waited += lookEvery) {
    try {
      return await look();
    } catch {
      await subject.elapse(lookEvery);
    }
  }
  return look();
}
