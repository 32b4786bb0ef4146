import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { withSystemCredentials } from '../../../src/composition/store/system-credentials.ts';
import { Namespace } from '../../../src/domain/identity/names.ts';

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'rollcall-credentials-'));
});
afterEach(() => rm(directory, { recursive: true }));

const settings = { servers: ['nats://127.0.0.1:4222'], namespace: Namespace.parse('default') };
const put = (...names: readonly string[]) =>
  Promise.all(names.map((name) => writeFile(join(directory, `rollcall.${name}`), 'x')));
const withFiles = (given: object = {}) =>
  withSystemCredentials({ ...settings, ...given }, { CREDENTIALS_DIRECTORY: directory });
const file = (name: string) => join(directory, `rollcall.${name}`);

describe('the credentials of a systemd unit', () => {
  test('are used for what is not set', async () => {
    await put('creds', 'nkey', 'tls-ca', 'tls-cert', 'tls-key');
    expect(withFiles()).toMatchObject({
      creds: file('creds'),
      tlsCa: file('tls-ca'),
      tlsCert: file('tls-cert'),
      tlsKey: file('tls-key'),
    });
    expect(withFiles()).not.toHaveProperty('nkey');
  });

  test('may be an nkey, or the password of a user', async () => {
    await put('nkey', 'password');
    expect(withFiles()).toMatchObject({ nkey: file('nkey') });
    const ofUser = withFiles({ user: 'ann' });
    expect(ofUser).toMatchObject({ user: 'ann', passwordFile: file('password') });
    expect(ofUser).not.toHaveProperty('nkey');
  });

  test.each([
    { user: 'ann', password: 'secret' },
    { token: 'secret' },
    { creds: '/etc/own.creds' },
    { servers: ['nats://ann:secret@127.0.0.1:4222'] },
  ])('do not replace the login %j', async (given) => {
    await put('creds', 'nkey', 'password');
    const kept = Object.fromEntries(
      Object.entries(withFiles(given)).filter(([, value]) => value !== undefined),
    );
    expect(kept).toEqual({ ...settings, ...given });
  });

  test('are not looked for without a directory', () => {
    expect(withSystemCredentials(settings, {})).toEqual(settings);
  });
});
