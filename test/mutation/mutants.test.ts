import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { copyTree } from './copy.ts';
import { type Mutant, mutate } from './mutant.ts';
import { mutants } from './mutants.ts';
import { byTests } from './verdict.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));
const at = (file: string) => `${root}${file}`;
const { signal } = new AbortController();

describe('the list of mutants', () => {
  test('has unique names and breaks every guarantee', () => {
    expect(new Set(mutants.map(({ name }) => name)).size).toBe(mutants.length);
    expect(mutants.length).toBeGreaterThanOrEqual(40);
    const broken = new Set(mutants.map(({ breaks }) => breaks));
    const listed = readFileSync(at('docs/explanation/guarantees.md'), 'utf8').matchAll(
      /^\| \*\*(G\d+)\*\*/gm,
    );
    const guarantees = [...listed].map(([, name = '']) => name);
    expect(guarantees).toHaveLength(13);
    const missing = guarantees.filter((name) => !broken.has(name as Mutant['breaks']));
    expect(missing).toEqual([]);
  });

  test.each(mutants)('has a mutant that applies to the current code: $name', (mutant) => {
    const source = readFileSync(at(mutant.file), 'utf8');
    expect(mutate(mutant, source)).not.toBe(source);
    for (const file of mutant.tests) expect(existsSync(at(file)), file).toBe(true);
  });

  test('refuses a mutant whose text occurs twice or not at all', () => {
    const stale = (find: string) => mutate({ name: 'stale', edits: [[find, '']] }, 'a b a');
    expect(() => stale('a')).toThrow('stale: its text is there 2 times, not once: a');
    expect(() => stale('c')).toThrow('0 times');
  });
});

/** A failed test run is not always a kill, and a green one does not always include the test. */
describe('a mutant', () => {
  const judging: Mutant = {
    name: 'sample',
    breaks: 'G6',
    what: 'expires a suspect at once, without its grace',
    file: 'src/domain/collection/judge.ts',
    edits: [['suspectFor < policy.grace', 'suspectFor < 0']],
    tests: ['test/domain/collection/judge-run.test.ts'],
  };

  test.each([
    ['that breaks a guarantee is killed by its test', judging, 'killed'],
    [
      'that changes nothing survives',
      { ...judging, edits: [['suspectFor < policy.grace', 'policy.grace > suspectFor']] },
      'survived',
    ],
    [
      'that does not compile proves nothing',
      { ...judging, edits: [['suspectFor < policy.grace', 'suspectFor <']] },
      'broken',
    ],
  ] as const)(
    '%s',
    async (_, mutant, is) => {
      await using copy = await copyTree(root);
      const verdict = await copy.with(mutant, () => byTests(mutant, { root: copy.root, signal }));
      expect(verdict.is).toBe(is);
      const file = `${copy.root}/${mutant.file}`;
      expect(readFileSync(file, 'utf8')).toBe(readFileSync(at(mutant.file), 'utf8'));
    },
    120_000,
  );
});
