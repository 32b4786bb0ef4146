import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, expect, test, vi } from 'vitest';
import { localLoginDir } from '../../src/composition/xdg-directories.ts';
import { localLogins, readSlot } from '../../src/library/options.ts';

afterEach(() => vi.unstubAllEnvs());

test('the library keeps the host id, and looks for logins, where the command line does', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'rollcall-state-'));
  vi.stubEnv('XDG_STATE_HOME', folder);
  const { host } = await readSlot({}, 'a');
  expect((await readFile(join(folder, 'rollcall', 'host-id'), 'utf8')).trim()).toBe(host);
  expect(localLogins()).toBe(join(folder, 'rollcall', 'servers'));
  expect(localLogins()).toBe(localLoginDir({ XDG_STATE_HOME: folder }));
  await rm(folder, { recursive: true });
});

test('the library uses the directory of a systemd unit', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'rollcall-state-'));
  vi.stubEnv('STATE_DIRECTORY', folder);
  const { host } = await readSlot({}, 'a');
  expect((await readFile(join(folder, 'host-id'), 'utf8')).trim()).toBe(host);
  await rm(folder, { recursive: true });
});
