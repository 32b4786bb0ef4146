import process from 'node:process';
import { constantPause, growingPause, type Return, simulateReturn } from './simulate-return.ts';

/** Measured rates: four commits an agent on one file-backed server, one commit an agent there, three servers. */
const stores = [
  { store: 'one server, four commits each', rate: 180, commitsEach: 4 },
  { store: 'one server, one commit each', rate: 180, commitsEach: 1 },
  { store: 'three servers, one commit each', rate: 1200, commitsEach: 1 },
];
const fleets = [1000, 10_000, 100_000];
const waits: readonly (Pick<Return, 'answerWithin' | 'pause'> & { readonly name: string })[] = [
  { name: '5 s', answerWithin: 5, pause: constantPause },
  { name: '5 s, and pauses that grow', answerWithin: 5, pause: growingPause },
  { name: '60 s, and pauses that grow', answerWithin: 60, pause: growingPause },
];

const rounded = (seconds: number): string =>
  seconds < 120 ? `${seconds.toFixed(0)} s` : `${(seconds / 60).toFixed(0)} min`;

const rows = stores.flatMap(({ store, rate, commitsEach }) =>
  fleets.flatMap((agents) =>
    waits.map(({ name, ...wait }) => {
      const rules = { agents, rate, commitsEach, ...wait, seed: 1 };
      const result = simulateReturn(rules);
      if (!result) return [store, agents, name, '', 'never', '', ''];
      const { half, all, wasted, queue } = result;
      return [store, agents, name, rounded(half), rounded(all), wasted.toFixed(1), queue];
    }),
  ),
);
const head = ['store', 'agents', 'waits', 'half', 'all', 'refused', 'queue'];
for (const row of [head, head.map(() => '---'), ...rows])
  process.stdout.write(`| ${row.join(' | ')} |\n`);
