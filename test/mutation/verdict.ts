import { existsSync } from 'node:fs';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Mutant } from './mutant.ts';
import { runNode } from './run.ts';

/** What came of it. Only `killed` is one: a program that does not load or hangs shows nothing. */
export type Verdict =
  | { readonly is: 'killed'; readonly by: string; readonly message?: string }
  | { readonly is: 'survived' }
  | { readonly is: 'broken'; readonly why: string };

interface Where {
  readonly root: string;
  readonly signal: AbortSignal;
}

interface Results {
  readonly numTotalTests: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly message: string;
    readonly assertionResults: readonly {
      readonly status: string;
      readonly fullName: string;
      readonly failureMessages?: readonly string[];
    }[];
  }[];
}

const vitest = 'node_modules/vitest/vitest.mjs';
/** The time limit of a run: for its start, and for each of its files. */
const startWithin = 200_000;
const fileWithin = 40_000;

/** Runs these test files; the first test that fails is the killer. */
export async function byTests(
  { tests, needs }: Pick<Mutant, 'tests' | 'needs'>,
  { root, signal }: Where,
): Promise<Verdict> {
  const json = join(root, 'mutant-results.json');
  const projects = new Set(tests.flatMap((file) => projectsOf(file, needs)));
  const args = [
    ...[
      vitest,
      'run',
      '--bail',
      '1',
      '--test-timeout',
      '120000',
      '--no-file-parallelism',
      '--no-isolate',
    ],
    ...[...projects].flatMap((one) => ['--project', one]),
    ...['--reporter', 'json', '--outputFile', json, ...tests],
  ];
  await rm(json, { force: true });
  const within = startWithin + tests.length * fileWithin;
  const { code, out } = await runNode(args, { cwd: root, within, signal });
  if (code === 'stopped') return { is: 'broken', why: 'stopped' };
  if (code === 'too-long') return { is: 'broken', why: 'its tests do not come to an end' };
  if (!existsSync(json)) return { is: 'broken', why: out.trim().split('\n').at(-1) ?? '' };
  const { testResults, numTotalTests }: Results = JSON.parse(await readFile(json, 'utf8'));
  for (const { name, assertionResults } of testResults) {
    const failed = assertionResults.find(({ status }) => status === 'failed');
    if (failed === undefined) continue;
    const by = `${name.slice(root.length + 1)}: ${failed.fullName}`;
    return { is: 'killed', by, message: failed.failureMessages?.join('\n') ?? '' };
  }
  const unloaded = testResults.find(({ assertionResults }) => assertionResults.length === 0);
  if (code === 0 && numTotalTests > 0) return { is: 'survived' };
  return { is: 'broken', why: unloaded?.message ?? out.trim().slice(-500) };
}

/** The projects of vitest.config.ts that may have this file. */
function projectsOf(file: string, needs: Mutant['needs']): readonly string[] {
  if (isSim(file)) return ['sim'];
  if (needs !== 'nats-server') return ['unit'];
  return file.startsWith('test/contract/') ? ['contract'] : ['real', 'long', 'night'];
}

const isSim = (file: string): boolean => file.startsWith('test/sim/');

const player = 'test/sim/main.ts';
/** Where there is no simulation of seeds yet, nothing is played. */
export const canPlay = (root: string): boolean => existsSync(join(root, player));

/** Plays so many seeds of the simulation; the first that is violated is the killer. */
export async function bySimulation(seeds: number, { root, signal }: Where): Promise<Verdict> {
  const args = [player, '--seeds', `${seeds}`, '--first', '--workers', '1'];
  const within = 60_000 + seeds * 3000;
  const { code, out } = await runNode(args, { cwd: root, within, signal });
  if (code === 0) return { is: 'survived' };
  const [, seed, what] = /^seed (\d+): (.*)$/m.exec(out) ?? [];
  if (code === 1 && seed !== undefined) return { is: 'killed', by: `seed ${seed}: ${what}` };
  const why =
    code === 'too-long' ? 'the simulation does not come to an end' : out.trim().slice(-500);
  return { is: 'broken', why };
}
