import { globSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { fuzzed, ours } from './parsers.ts';

const root = new URL('../../', import.meta.url);
/** Calls that parse a text. */
const parses =
  /JSON\.parse|\.(?:safeP|p)arse\(|jsonOf\(|\.json[(<]|read(?:Json|Object)\(|parseDocument\(|decodeURIComponent\(|createGunzip\(|= decode\(|engine\.parse\(/;

const parsers = globSync('src/**/*.ts', { cwd: root })
  .filter((file) => parses.test(readFileSync(new URL(file, root), 'utf8')))
  .map((file) => file.slice('src/'.length, -'.ts'.length));

const listed = [...Object.values(fuzzed).flat(), ...Object.keys(ours)];

test('every file that parses is fuzzed, or is listed as reading only trusted text', () => {
  expect(parsers.length).toBeGreaterThan(40);
  expect(parsers.filter((file) => !listed.includes(file))).toEqual([]);
});

test('the lists of parsers name only files that parse, each once', () => {
  expect(listed.filter((file) => !parsers.includes(file))).toEqual([]);
  expect(listed.length).toBe(new Set(listed).size);
});

test('every fuzz test that the list of parsers names exists', () => {
  for (const file of Object.keys(fuzzed)) {
    expect(readFileSync(new URL(file, import.meta.url), 'utf8')).toContain('fuzz(');
  }
});
