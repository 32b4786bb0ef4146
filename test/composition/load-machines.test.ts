import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { loadMachines } from '../../src/composition/load-machines.ts';
import { checkout } from '../conventions/run-biome.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rollcall-machines-'));
});
afterEach(() => rm(folder, { recursive: true }));

const write = (name: string, text: string) => writeFile(join(folder, name), text);
const machine = (id: string) =>
  `import { createMachine } from 'xstate';\nexport const it = createMachine({ id: '${id}', initial: 'a', states: { a: {} } });\n`;

it('the machines of this checkout are found by their ids', async () => {
  expect(Object.keys(await loadMachines(join(checkout, 'machines'))).sort()).toEqual([
    ...['brake', 'collector', 'drain', 'hold', 'instance', 'policy', 'run', 'session', 'store'],
  ]);
});

it('a directory in any location uses our XState', async () => {
  await cp(join(checkout, 'machines/instance.ts'), join(folder, 'changed.ts'));
  await write('other.js', machine('other'));
  await write('notes.md', 'not loaded');
  await write('types.d.ts', 'not loaded');
  await write('nothing.js', 'export const id = 1;');
  const loaded = await loadMachines(folder);
  expect(Object.keys(loaded).sort()).toEqual(['instance', 'other']);
});

it.each([
  [
    'with a file that cannot be loaded',
    { 'a.js': 'export const = 1;' },
    /a\.js cannot be loaded: /,
  ],
  [
    'with an import that is not there',
    { 'a.js': "import 'nowhere';" },
    /a\.js cannot be loaded: .*nowhere/,
  ],
  [
    'with two machines of one name',
    { 'a.js': machine('x'), 'b.js': machine('x') },
    /a\.js and .*b\.js both have a machine 'x'/,
  ],
  ['without a machine', { 'a.js': 'export const a = 1;' }, /no file there exports a machine/],
])('a directory %s is refused with the reason', async (_, files, why) => {
  for (const [name, text] of Object.entries(files)) await write(name, text);
  await expect(loadMachines(folder)).rejects.toMatchObject({
    code: 'bad-setting',
    message: expect.stringMatching(why),
  });
});

it('a directory that does not exist is refused', async () => {
  await expect(loadMachines(join(folder, 'nowhere'))).rejects.toThrow('nowhere');
});
