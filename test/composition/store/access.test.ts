import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectionOptions, stripCredentials } from '../../../src/composition/store/access.ts';
import { Namespace } from '../../../src/domain/identity/names.ts';

const settings = { servers: ['nats://a:4222'], namespace: Namespace.parse('default') };
let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rollcall-access-'));
  await writeFile(join(folder, 'seed'), 'SUAEXAMPLE\n');
});
afterAll(() => rm(folder, { recursive: true }));

describe('a login in an address', () => {
  it.each([
    ['nats://joe:secret@a:4222', 'nats://a:4222', { user: 'joe', password: 'secret' }],
    ['nats://T0ken@a:4222', 'nats://a:4222', { token: 'T0ken' }],
    ['joe:a:b@c:1', 'c:1', { user: 'joe', password: 'a:b' }],
    ['nats://j%40e:%2F@a', 'nats://a', { user: 'j@e', password: '/' }],
    ['nats://joe:100%@a', 'nats://a', { user: 'joe', password: '100%' }],
    ['nats://[::1]:4222', 'nats://[::1]:4222', {}],
    ['a', 'a', {}],
  ])('is removed from the address and used: %s', (server, shown, login) => {
    expect(stripCredentials([server])).toEqual({ servers: [shown], login });
  });

  it('applies to all servers', () => {
    expect(stripCredentials(['nats://a:1', 'nats://joe:x@b:2'])).toEqual({
      servers: ['nats://a:1', 'nats://b:2'],
      login: { user: 'joe', password: 'x' },
    });
  });

  it('has lower priority than a user in the settings', async () => {
    const access = await connectionOptions({
      ...settings,
      servers: ['nats://joe:x@a:1'],
      user: 'ann',
    });
    expect(access).toMatchObject({ servers: ['nats://a:1'], credentials: { user: 'ann' } });
    const token = { ...settings, servers: ['nats://T0ken@a:1'] };
    expect(await connectionOptions(token)).toMatchObject({ credentials: { token: 'T0ken' } });
    expect(await connectionOptions({ ...token, user: 'ann' })).toMatchObject({
      credentials: { user: 'ann' },
    });
  });
});

describe('the credentials of a connection', () => {
  it('are absent if no user is set', async () => {
    expect(await connectionOptions(settings)).toEqual(settings);
  });

  it.each([
    [
      { user: 'a', password: 'b' },
      { user: 'a', pass: 'b' },
    ],
    [{ token: 't' }, { token: 't' }],
  ])('come from %j', async (given, credentials) => {
    expect(await connectionOptions({ ...settings, ...given })).toMatchObject({ credentials });
  });

  it('are read from a file each time, and stay while it cannot be read', async () => {
    const file = join(folder, 'rotated');
    const [first, second] = [`SU${'A'.repeat(56)}\n`, `SU${'B'.repeat(56)}\n`];
    await writeFile(file, first);
    const { credentials } = await connectionOptions({ ...settings, nkey: file });
    const read = credentials && 'nkeySeed' in credentials ? credentials.nkeySeed : () => '';
    expect(read()).toBe(first);
    await writeFile(file, second);
    expect(read()).toBe(second);
    for (const partial of ['', second.slice(0, 20)]) {
      await writeFile(file, partial);
      expect(read()).toBe(second);
    }
    await rm(file);
    expect(read()).toBe(second);
  });

  it('of a user may come from a file without its line break', async () => {
    const passwordFile = join(folder, 'password');
    await writeFile(passwordFile, 'first\n');
    const { credentials } = await connectionOptions({ ...settings, user: 'a', passwordFile });
    const pass = credentials && 'pass' in credentials ? credentials.pass : undefined;
    expect(typeof pass === 'function' && pass()).toBe('first');
  });

  it('name the certificate files, which the client reads at each attempt', async () => {
    const file = join(folder, 'seed');
    expect(await connectionOptions({ ...settings, tlsCa: file })).toMatchObject({
      tls: { caFile: file },
    });
  });

  it.each([
    [{ user: 'a', token: 'b' }, '--user and --token: use only one way to log in'],
    [{ password: 'b' }, '--password requires --user'],
    [{ passwordFile: '/f' }, '--password-file requires --user'],
    [{ user: 'a', password: 'b', passwordFile: '/f' }, 'use only one of them'],
    [{ tlsCert: 'c' }, '--tls-cert and --tls-key must be given together'],
    [{ creds: '/not/there' }, "--creds '/not/there': there is no such file"],
    [{ creds: '/dev/null' }, 'is not a NATS credentials file'],
    [{ nkey: '/dev/null' }, 'is not the seed of a user'],
  ])('are refused: %j', async (given, message) => {
    await expect(connectionOptions({ ...settings, ...given })).rejects.toThrow(message);
  });
});
