import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { checkout } from './run-biome.ts';

interface Locked {
  readonly license?: string;
  readonly dev?: boolean;
}

const { packages } = JSON.parse(readFileSync(join(checkout, 'package-lock.json'), 'utf8')) as {
  readonly packages: Readonly<Record<string, Locked>>;
};
const [, installed = '', inPage = ''] = readFileSync(join(checkout, 'NOTICE'), 'utf8').split(
  /^Packages .*$/m,
);

const listed = (part: string) =>
  [...part.matchAll(/^- (\S+): (.+)$/gm)].map(([, name, license]) => `${name}: ${license}`);

test('NOTICE lists the license of every package that is installed with this one', () => {
  const shipped = Object.entries(packages).filter(([path, { dev }]) => path !== '' && !dev);
  const expected = shipped.map(
    ([path, { license }]) => `${path.replace(/^.*node_modules\//, '')}: ${license}`,
  );
  expect(listed(installed).sort()).toEqual([...new Set(expected)].sort());
});

test('NOTICE lists the license of every package in the page of the dashboard', () => {
  const names = ['preact', '@preact/signals', '@preact/signals-core', '@fontsource-variable/inter'];
  const expected = names.map((name) => `${name}: ${packages[`node_modules/${name}`]?.license}`);
  expect(listed(inPage).sort()).toEqual(expected.sort());
});

test('no installed package has a license that was not looked at', () => {
  const known = new Set([
    ...['MIT', 'ISC', 'Apache-2.0', 'BSD-3-Clause', 'Unlicense', 'MPL-2.0', 'OFL-1.1'],
    ...['MIT AND OFL-1.1', 'EPL-2.0 OR GPL-3.0-or-later'],
  ]);
  const licenses = [...listed(installed), ...listed(inPage)].map((line) => line.split(': ')[1]);
  expect(licenses.filter((license) => !known.has(license ?? ''))).toEqual([]);
});
