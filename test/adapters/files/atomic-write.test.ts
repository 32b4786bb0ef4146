import { mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { writeFileAtomic } from '../../../src/adapters/files/atomic-write.ts';
import { Fault } from '../../../src/domain/fault.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rollcall-replace-'));
});
afterEach(() => rm(folder, { recursive: true }));

const at = (name: string) => join(folder, name);

it('a file replaces the existing one', async () => {
  await writeFile(at('a'), 'old, and longer than the new text');
  await writeFileAtomic(at('a'), ['new', ' é']);
  expect(await readFile(at('a'), 'utf8')).toBe('new é');
  expect(await readdir(folder)).toEqual(['a']);
});

it('a file is gzipped on request', async () => {
  await writeFileAtomic(at('a.gz'), ['new', ' é'], { gzip: true });
  expect(gunzipSync(await readFile(at('a.gz'))).toString()).toBe('new é');
});

it('a failed write leaves the old file unchanged and no draft', async () => {
  await writeFile(at('a'), 'old');
  const failure = new Fault('store-unavailable', 'gone');
  const half = async function* () {
    yield 'half';
    throw failure;
  };
  await expect(writeFileAtomic(at('a'), half())).rejects.toBe(failure);
  expect(await readFile(at('a'), 'utf8')).toBe('old');
  expect(await readdir(folder)).toEqual(['a']);
});

it('a symbolic link is kept, and its target is replaced', async () => {
  await writeFile(at('a'), 'old');
  await symlink(at('a'), at('link'));
  await writeFileAtomic(at('link'), ['new']);
  expect(await readFile(at('a'), 'utf8')).toBe('new');
  expect(
    (await readdir(folder, { withFileTypes: true })).find((one) => one.isSymbolicLink())?.name,
  ).toBe('link');
});

it('the error names a file that cannot be written', async () => {
  for (const file of [at('no/such/place'), folder]) {
    await expect(writeFileAtomic(file, ['new'])).rejects.toMatchObject({
      code: 'bad-setting',
      message: expect.stringContaining(file),
    });
  }
});
