import { globSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { bundlePage } from '../../../src/dashboard/build/bundle.ts';
import { innerNames } from '../../../src/dashboard/build/inner-names.ts';
import { sizes } from '../../browser/bench/sizes.ts';

it('the script, the styles and the font of the page are each within their budget', async () => {
  const { js, css, font } = sizes(await bundlePage());
  expect(js.br).toBeGreaterThan(1000);
  expect(js.br).toBeLessThanOrEqual(60_000);
  expect(css.br).toBeGreaterThan(1000);
  expect(css.br).toBeLessThanOrEqual(8_000);
  expect(font.min).toBeLessThanOrEqual(48 * 1024);
});

it.each([
  'api-types.ts',
  'api-actions.ts',
  'history/query-types.ts',
  'web/protocol/worker-messages.ts',
])('no property with a short name in the script crosses a border: %s', async (name) => {
  const text = await readFile(new URL(`../../../src/dashboard/${name}`, import.meta.url), 'utf8');
  const words = new Set(text.match(/\w+/g));
  expect(innerNames.filter((one) => words.has(one))).toEqual([]);
});

it('no property with a short name in the script is one of the browser, the language or Preact', () => {
  const root = new URL('../../../', import.meta.url);
  const types = ['node_modules/@typescript/*/lib/lib.*.d.ts', 'node_modules/preact/src/*.d.ts'];
  const files = globSync(types, { cwd: root });
  const comments = /\/\*[\s\S]*?\*\/|\/\/.*/g;
  const textOf = (file: string) => readFileSync(new URL(file, root), 'utf8').replace(comments, '');
  const words = new Set(files.flatMap((file) => textOf(file).match(/\w+/g) ?? []));
  expect(words.has('getBoundingClientRect') && words.has('onToggle')).toBe(true);
  expect(innerNames.filter((one) => words.has(one))).toEqual([]);
});
