import process from 'node:process';
import { constantPause, growingPause, type Return, simulateReturn } from './simulate-return.ts';

/** Measured rates: four commits an agent on one file-backed server, one commit an agent there, three servers. */
const stores = [
  { store: 'one server, four commits each', rate: 180, commitsEach: 4 },
  { store: 'one server, one commit each', rate: 180, commitsEach: 1 },
  { store: 'three servers, one commit each', rate: 1200, commitsEach: 1 },
];
const fleets = [1000, 10_000, 100_000];
const pauses: readonly (readonly [string, Return['pause']])[] = [
  ['0.25 to 0.75 s', constantPause],
  ['doubles, up to 30 s', growingPause],
];

const rounded = (seconds: number): string =>
  seconds < 120 ? `${seconds.toFixed(0)} s` : `${(seconds / 60).toFixed(0)} min`;

const rows = stores.flatMap(({ store, rate, commitsEach }) =>
  fleets.flatMap((agents) =>
    pauses.map(([name, pause]) => {
      const seed = 1;
      const rules = { agents, rate, commitsEach, answerWithin: 5, pause, seed };
      const result = simulateReturn(rules);
      if (!result) return [store, agents, name, '', 'never', '', ''];
      const { half, all, wasted, queue } = result;
      return [store, agents, name, rounded(half), rounded(all), wasted.toFixed(1), queue];
    }),
  ),
);
const head = ['store', 'agents', 'pause', 'half', 'all', 'refused', 'queue'];
for (const row of [head, head.map(() => '---'), ...rows])
  process.stdout.write(`| ${row.join(' | ')} |\n`);
