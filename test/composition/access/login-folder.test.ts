import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readLogin } from '../../../src/composition/access/login-folder.ts';

test('a folder that is no login is named, with where a login comes from', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'rollcall-no-login-'));
  try {
    for (const one of [folder, join(folder, 'missing')])
      await expect(readLogin(one)).rejects.toMatchObject({
        ...{ code: 'bad-setting', message: `--login: ${one} is no login: it has no login.yaml` },
        hint: expect.stringContaining('rollcall access list'),
      });
  } finally {
    await rm(folder, { recursive: true });
  }
});
