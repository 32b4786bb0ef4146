import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ownProgram } from '../../../src/adapters/system/own-program.ts';

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'rollcall-program-'));
});
afterAll(() => rm(root, { recursive: true }));

describe('what a program says about itself', () => {
  test.each([
    ['{"name":"@shop/web","version":"1.2.3"}', { name: '@shop/web', version: '1.2.3' }],
    ['{"type":"module"}', { name: '@outer/all', version: '9.0.0' }],
    ['{', { name: '@outer/all', version: '9.0.0' }],
    ['null', { name: '@outer/all', version: '9.0.0' }],
  ])('is in the nearest package.json with a name or a version: %s', async (text, own) => {
    const folder = join(root, `${text.length}`, 'dist');
    await mkdir(folder, { recursive: true });
    await writeFile(join(root, 'package.json'), '{"name":"@outer/all","version":"9.0.0"}');
    await writeFile(join(folder, '..', 'package.json'), text);
    expect(ownProgram(folder)).toEqual(own);
  });
});
