import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { appendLine } from '../../../src/adapters/files/append-line.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rollcall-append-'));
});
afterEach(() => rm(folder, { recursive: true }));

const at = (name: string) => join(folder, name);

it('a line is appended to a file, which is made if it is missing', async () => {
  expect(await appendLine(at('a'), 'unused', 'one')).toBe(at('a'));
  await appendLine(at('a'), 'unused', 'two é');
  expect(await readFile(at('a'), 'utf8')).toBe('one\ntwo é\n');
});

it('a line for a directory goes to the named file in it', async () => {
  await mkdir(at('d'));
  expect(await appendLine(at('d'), 'name', 'one')).toBe(join(at('d'), 'name'));
  expect(await readFile(join(at('d'), 'name'), 'utf8')).toBe('one\n');
});

it('a line begins on a line of its own after one that was not finished', async () => {
  await writeFile(at('a'), 'one\ntw');
  await appendLine(at('a'), 'unused', 'three');
  expect(await readFile(at('a'), 'utf8')).toBe('one\ntw\nthree\n');
});

it('the error names a file that cannot be appended to', async () => {
  await expect(appendLine(at('no/such/place'), 'unused', 'one')).rejects.toMatchObject({
    code: 'bad-setting',
    message: expect.stringContaining('no/such/place: there is no such file'),
  });
});

it('the error names a disk that is full', async () => {
  await expect(appendLine('/dev/full', 'unused', 'one')).rejects.toMatchObject({
    code: 'bad-setting',
    message: expect.stringContaining('ENOSPC'),
  });
});
