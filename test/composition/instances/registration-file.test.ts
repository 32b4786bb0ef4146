import { mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from 'vitest';
import {
  RegistrationFile,
  type SavedRegistration,
} from '../../../src/composition/instances/registration-file.ts';
import { specOf } from '../../runtime/support/fleet-in-memory.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rollcall-registrations-'));
});
afterAll(() => rm(folder, { recursive: true }));

test('registrations that could not be saved are saved later, and the failure is reported once', async () => {
  const failures: string[] = [];
  const all: SavedRegistration[] = [{ spec: specOf('web/1'), reported: { state: 'serving' } }];
  // It fails as long as there is no such directory.
  const path = join(folder, 'later', 'api.json');
  const file = new RegistrationFile(
    path,
    () => all,
    (cause) => void failures.push(String(cause)),
    20,
  );
  await file.save();
  await pause(200);
  await mkdir(join(folder, 'later'));
  while ((await readFile(path, 'utf8').catch(() => '')) === '') await pause(10);
  expect(JSON.parse(await readFile(path, 'utf8')).registrations).toMatchObject(all);
  expect(failures).toHaveLength(1);
});
