import { expect } from 'vitest';
import type { Opened } from './open-store.ts';

/** Writes these keys one after the other; each must be new. */
export async function create({ store }: Opened, ...keys: readonly string[]): Promise<void> {
  for (const key of keys) {
    const outcome = await store.registry.commit({
      writes: [{ key, expectedRevision: 0, text: key }],
      events: [],
    });
    expect(outcome).toMatchObject({ outcome: 'committed' });
  }
}

/** The keys of agents `from` to `to`, without `to`. */
export const range = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, n) => `agent.a.${from + n}`);
