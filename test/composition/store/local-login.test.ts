import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pid } from 'node:process';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { writeSecretFile } from '../../../src/adapters/files/secret-file.ts';
import { localLogin } from '../../../src/composition/store/local-login.ts';
import { offerLocalLogin } from '../../../src/composition/store/offer-local-login.ts';

let home: string;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'rollcall-login-'));
});
afterEach(() => rm(home, { recursive: true, force: true }));

const app = { user: 'app', pass: 'secret' };
const offer = () => {
  const server = { app, url: 'nats://127.0.0.1:4999', port: 4999 };
  return offerLocalLogin(server, { folder: join(home, 'servers'), store: join(home, 'nats'), pid });
};
const found = (...servers: readonly string[]) => localLogin(servers, join(home, 'servers'))?.find();

describe('the login of a server that rollcall up runs', () => {
  it('is found at its address on this machine, and at no other', async () => {
    await using _ = await offer();
    for (const host of ['127.0.0.1', 'localhost', '[::1]']) {
      expect(found(`nats://${host}:4999`)).toEqual(app);
    }
    expect(found('127.0.0.1:4999')).toEqual(app);
    expect(found('tls://127.0.0.1:4999')).toEqual(app);
    for (const other of ['nats://db-1:4999', 'ws://127.0.0.1:4999', 'nats://127.0.0.1:4998']) {
      expect(found(other)).toBeUndefined();
    }
    expect(found('nats://127.0.0.1:4999', 'nats://db-1:4999')).toBeUndefined();
  });

  it('is sent to no server that has the port after it', async () => {
    await offer();
    const gone = 2 ** 22 + 1; // beyond the largest process id of Linux
    await writeSecretFile(join(home, 'servers', '4999.pid'), `${gone}`);
    expect(found('nats://127.0.0.1:4999')).toBeUndefined();
  });

  it('is removed when the server stops, and only its user can read it', async () => {
    const offered = await offer();
    for (const path of ['servers', 'servers/4999.password', 'nats/login', 'nats/login/password']) {
      expect((await stat(join(home, path))).mode & 0o077).toBe(0);
    }
    await offered[Symbol.asyncDispose]();
    expect(await readdir(join(home, 'servers'))).toEqual([]);
  });
});
