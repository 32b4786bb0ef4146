import { describe, expect, test } from 'vitest';
import { ChainIndex, type ChainState } from '../../../../src/runtime/audit/verifier/chain-index.ts';

const state = (n: number, done = false): ChainState => ({
  seq: n,
  n,
  hash: 'ab'.repeat(32),
  value: done ? 'removed' : 'serving',
  context: {},
  done,
});
const run = (n: number): string => `h.a.run${n}`;
const instance = (of: number, n: number): string => `${run(of)}.web.${n}`;

/** This many instances of one run, registered and removed. */
function comeAndGo(chains: ChainIndex, of: number, count: number): void {
  for (let n = 1; n <= count; n += 1) {
    chains.set(instance(of, n), state(1));
    chains.set(instance(of, n), state(2, true));
  }
}

const kept = 20_000;

describe('the index of chains', () => {
  test('has all chains that have not ended, and the latest of the ended ones', () => {
    const chains = new ChainIndex();
    chains.set(run(1), state(1));
    comeAndGo(chains, 1, kept + 5);
    expect([chains.open.size, chains.ended.size]).toEqual([1, kept]);
    expect(chains.get(instance(1, 5))).toBeUndefined();
    expect(chains.get(instance(1, 6))).toMatchObject({ n: 2, done: true });
  });

  test('remembers the run of each chain that it dropped and that may continue', () => {
    const chains = new ChainIndex();
    for (const one of [1, 2, 3]) chains.set(run(one), state(1));
    comeAndGo(chains, 1, 3);
    comeAndGo(chains, 2, 3);
    chains.set(run(2), state(2, true));
    comeAndGo(chains, 3, kept);
    expect([...chains.forgetful]).toEqual([run(1)]);
    expect(chains.mayHaveBegun(instance(1, 1))).toBe(true);
    expect(chains.mayHaveBegun(instance(2, 1))).toBe(false);
    expect(chains.mayHaveBegun(instance(3, 1))).toBe(false);
    chains.set(run(1), state(2, true));
    expect(chains.mayHaveBegun(instance(1, 1))).toBe(false);
  });

  test('is bounded for processes without a final event, and counts those it drops', () => {
    const chains = new ChainIndex();
    for (let n = 1; n <= kept + 7; n += 1) {
      chains.set(`${run(n)}.session`, state(1));
      chains.set(run(n), state(1));
      chains.set(`${run(n)}.session`, state(2));
      chains.set(run(n), state(2, true));
    }
    expect([chains.open.size, chains.loose.size, chains.lost]).toEqual([0, kept, 7]);
    expect(chains.mayHaveBegun(`${run(1)}.session`)).toBe(true);
    expect(chains.mayHaveBegun(run(1))).toBe(false);
  });

  test('keeps every process whose run holds its slot, whatever its age', () => {
    const chains = new ChainIndex();
    chains.set('h.b.live.session', state(1));
    chains.set('h.b.live', state(1));
    chains.set('h.b.live.session', state(2));
    for (let n = 1; n <= kept + 7; n += 1) chains.set(`${run(n)}.collector`, state(1));
    expect(chains.get('h.b.live.session')).toMatchObject({ n: 2 });
    expect(chains.lost).toBe(7);
  });

  test('does not take an instance with the name session for a process', () => {
    const chains = new ChainIndex();
    chains.set('h.a.run1.web.session', state(1));
    expect([chains.open.size, chains.loose.size]).toEqual([1, 0]);
  });

  test('is the same after it was saved and restored', () => {
    const chains = new ChainIndex();
    for (const one of [1, 2]) chains.set(run(one), state(1));
    chains.set(`${run(9)}.session`, state(1));
    comeAndGo(chains, 1, 2);
    comeAndGo(chains, 2, kept);
    const again = ChainIndex.from(JSON.parse(JSON.stringify(chains)));
    expect(again.toJSON()).toEqual(chains.toJSON());
    expect(again.mayHaveBegun(instance(1, 1))).toBe(true);
  });
});

test('an index of chains goes back to the chains of records, and keeps those of processes', () => {
  const chains = new ChainIndex();
  const session = (of: number) => `${run(of)}.session`;
  chains.set(run(1), state(1));
  chains.set(session(1), state(1));
  const checkpoint = chains.toJSON();
  chains.set(run(1), state(2));
  chains.set(session(1), state(5));
  chains.set(run(2), state(1));
  chains.set(session(2), state(3));
  const back = chains.backTo(checkpoint);
  expect(back.get(run(1))).toMatchObject({ n: 1 });
  expect(back.get(run(2))).toBeUndefined();
  for (const [of, n] of [
    [1, 5],
    [2, 3],
  ] as const)
    expect(back.get(session(of))).toMatchObject({ n, mayLack: true });
  // The store may have lost the first events of a process.
  expect(back.mayHaveBegun(session(3))).toBe(true);
  expect(back.mayHaveBegun(run(3))).toBe(false);
});
