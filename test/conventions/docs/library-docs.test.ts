import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import type { Declaration } from '../../../tools/docs/exported-declarations.ts';
import { exportedDeclarations } from '../../../tools/docs/library-reference.ts';
import { checkout } from '../run-biome.ts';

const run = promisify(execFile);
const declarations = exportedDeclarations(checkout);
const functions = declarations.filter(({ kind }) => kind === 'function');

/** Members of an interface or class that have no doc comment. */
const undocumentedMembers = ({ name, text, kind, bases }: Declaration): readonly string[] => {
  const lines = kind === 'function' ? [] : text.split('\n');
  const members = lines.flatMap((line, index) => {
    const member = /^ {2}(?:override |readonly )*(\w+)\??[:(]/.exec(line)?.[1];
    const isDocumented = /\*\/$/.test(lines[index - 1] ?? '');
    return member === undefined || isDocumented ? [] : [`${name}.${member}`];
  });
  return [...members, ...bases.flatMap(undocumentedMembers)];
};

const exampleOf = ({ about }: Declaration): string =>
  /Example:\n\n```ts\n(.*?)\n```/s.exec(about.join('\n'))?.[1] ?? '';

describe('the docstrings of the library', () => {
  test('describe every export', () => {
    const silent = declarations.filter(({ about }) => about.length === 0);
    expect(silent.map(({ name }) => name)).toEqual([]);
  });

  test('describe every field and method', () => {
    expect(declarations.flatMap(undocumentedMembers)).toEqual([]);
  });

  test('name the codes of the failures that each function throws', () => {
    for (const { name, about } of functions) {
      expect(about.join('\n'), name).toMatch(/Throws `Fault`: `[a-z-]+`/);
    }
  });

  test('have an example for each function, and the compiler accepts it', async () => {
    const cache = join(checkout, 'node_modules/.cache');
    await mkdir(cache, { recursive: true });
    const folder = await mkdtemp(join(cache, 'examples-'));
    try {
      const files = functions.map(({ name }) => `${name}.ts`);
      for (const one of functions) {
        expect(exampleOf(one), one.name).toMatch(/from 'rollcall(\/testing)?'/);
        await writeFile(join(folder, `${one.name}.ts`), exampleOf(one));
      }
      const compilerOptions = {
        noEmit: true,
        paths: {
          rollcall: ['../../../src/index.ts'],
          'rollcall/testing': ['../../../src/testing.ts'],
        },
      };
      const config = { extends: '../../../tsconfig.json', compilerOptions, files, include: [] };
      await writeFile(join(folder, 'tsconfig.json'), JSON.stringify(config));
      const tsc = join(checkout, 'node_modules/.bin/tsc');
      const { stdout } = await run(tsc, ['-p', folder]).catch((error) => error);
      expect(stdout).toBe('');
    } finally {
      await rm(folder, { recursive: true });
    }
  }, 120_000);
});
