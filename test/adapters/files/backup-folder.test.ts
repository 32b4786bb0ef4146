import { mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import {
  createBackupFolder,
  discardCopies,
  readBackup,
  writeCopy,
} from '../../../src/adapters/files/backup-folder.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rollcall-backup-folder-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const fill = async (write: (piece: Uint8Array) => Promise<void>) => write(new Uint8Array(1000));

test('the error names the file of a backup and that its disk is full', async () => {
  await symlink('/dev/full', join(folder, 'audit.stream'));
  await expect(writeCopy(folder, 'audit', fill)).rejects.toMatchObject({
    code: 'bad-setting',
    message: expect.stringMatching(/audit\.stream: .*ENOSPC/),
  });
});

test('the error names a file of a backup that cannot be made', async () => {
  await rm(folder, { recursive: true });
  await expect(writeCopy(folder, 'audit', fill)).rejects.toMatchObject({
    code: 'bad-setting',
    message: expect.stringContaining('audit.stream: there is no such file'),
  });
});

test('an error of the server stays as it is, and the folder can be used again', async () => {
  const failing = () => Promise.reject(new Error('of the server'));
  await writeCopy(folder, 'keyframes', fill);
  await expect(writeCopy(folder, 'audit', failing)).rejects.toThrow('of the server');
  await expect(createBackupFolder(folder)).rejects.toThrow('is not empty');
  await discardCopies(folder);
  await createBackupFolder(folder);
});

test('a folder without a backup is named, with where a backup comes from', async () => {
  await expect(readBackup(folder)).rejects.toMatchObject({
    ...{ code: 'bad-setting', message: `${folder} is no backup: it has no backup.json` },
    hint: expect.stringContaining('rollcall backup --out'),
  });
});
