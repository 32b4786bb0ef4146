import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { scriptOptions } from '../../tools/script-options.ts';
import { type Copy, copyTree } from './copy.ts';
import type { Mutant } from './mutant.ts';
import { mutants } from './mutants.ts';
import { bySimulation, byTests, canPlay, type Verdict } from './verdict.ts';

const usage = `usage: npm run mutants -- [options]
  --only NAME    mutants whose name contains NAME; repeatable
  --list         print the names, guarantees and defects, and run nothing
  --jobs N       mutants at the same time (default: one for each core, at most 2)
  --wide         run all unit tests of the core instead of the named ones
  --sim SEEDS    also simulate this number of seeds for each mutant (default: 0)
exit: 0 all were killed, 1 some survived or broke, 2 usage`;

const values = scriptOptions(usage, {
  only: { type: 'string', multiple: true },
  list: { type: 'boolean', default: false },
  jobs: { type: 'string', default: `${Math.min(2, availableParallelism())}` },
  wide: { type: 'boolean', default: false },
  sim: { type: 'string', default: '0' },
});
const root = fileURLToPath(new URL('../../', import.meta.url));
const stopping = new AbortController();
const { signal } = stopping;
for (const name of ['SIGINT', 'SIGTERM'] as const) process.once(name, () => stopping.abort());
const print = (line: string) => void process.stdout.write(`${line}\n`);

interface Tried {
  readonly mutant: Mutant;
  readonly tests: Verdict;
  readonly simulation: Verdict | undefined;
  readonly seconds: number;
}

const wide = ['test/domain', 'test/runtime', 'test/sim/seeds.test.ts', 'test/sim/fleet.test.ts'];

async function attempt(mutant: Mutant, copy: Copy): Promise<Tried> {
  const began = performance.now();
  const where = { root: copy.root, signal };
  const seeds = Number(values.sim);
  const named = values.wide && !mutant.needs ? { tests: wide } : mutant;
  return copy.with(mutant, async () => {
    const simulation =
      seeds > 0 && canPlay(copy.root) && mutant.unseen === undefined
        ? await bySimulation(seeds, where)
        : undefined;
    const tests = await byTests(named, where);
    const seconds = (performance.now() - began) / 1000;
    return { mutant, tests, simulation, seconds };
  });
}

const verdictText = (verdict: Verdict | undefined): string => {
  if (verdict === undefined) return '-';
  return verdict.is === 'killed'
    ? verdict.by
    : verdict.is === 'broken'
      ? `BROKEN: ${verdict.why}`
      : 'SURVIVED';
};

const line = ({ mutant: { name, breaks }, tests, simulation, seconds }: Tried): string =>
  `${name.padEnd(38)} ${breaks.padEnd(4)} ${`${seconds.toFixed(0)} s`.padStart(6)}  ${verdictText(simulation).padEnd(12)} ${verdictText(tests)}`;

/**
 * The mutants whose tests pass without a mutant; for the others a failure proves nothing. Those that need a
 * server are judged apart from the rest: on a busy machine its answers can be late.
 */
async function triable(chosen: readonly Mutant[], copy: Copy): Promise<readonly Mutant[]> {
  const green: Mutant[] = [];
  for (const needs of [undefined, 'nats-server'] as const) {
    const group = chosen.filter((one) => one.needs === needs);
    if (group.length === 0) continue;
    const tests = [...new Set(group.flatMap((one) => one.tests))];
    const verdict = await byTests({ tests, ...(needs && { needs }) }, { root: copy.root, signal });
    if (verdict.is === 'survived') {
      green.push(...group);
      continue;
    }
    print(`${group.length} mutants are not tried, because their tests fail without one:`);
    print(verdictText(verdict));
    // A property that fails says its seed here.
    if (verdict.is === 'killed' && verdict.message) print(verdict.message);
  }
  return green;
}

async function tryAll(chosen: readonly Mutant[]): Promise<number> {
  await using copies = new AsyncDisposableStack();
  const first = copies.use(await copyTree(root));
  const left = [...(await triable(chosen, first))];
  const tried: Tried[] = [];
  const work = async (copy: Copy) => {
    for (let next = left.shift(); next && !signal.aborted; next = left.shift()) {
      const one = await attempt(next, copy);
      tried.push(one);
      print(line(one));
    }
  };
  const others = Array.from({ length: Math.max(0, Number(values.jobs) - 1) }, async () =>
    work(copies.use(await copyTree(root))),
  );
  await Promise.all([work(first), ...others]);
  const killed = tried.filter(({ tests }) => tests.is === 'killed').length;
  const played = tried.filter(({ simulation }) => simulation !== undefined);
  const seen = played.filter(({ simulation }) => simulation?.is === 'killed').length;
  const simulated = played.length > 0 ? `; the simulation kills ${seen} of ${played.length}` : '';
  print(`${killed} of ${chosen.length} mutants killed by tests${simulated}`);
  return killed === chosen.length ? 0 : 1;
}

const chosen = mutants.filter(
  ({ name }) => values.only?.some((part) => name.includes(part)) ?? true,
);
if (chosen.length === 0) {
  print(usage);
  process.exitCode = 2;
} else if (values.list) {
  for (const { name, breaks, what } of chosen)
    print(`${name.padEnd(38)} ${breaks.padEnd(4)} ${what}`);
} else {
  process.exitCode = await tryAll(chosen);
}
