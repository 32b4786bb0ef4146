import { mkdir, mkdtemp, readFile, rm, rmdir } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fromSeed } from '@nats-io/nkeys';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { AccessFolder } from '../../../src/composition/access/access-folder.ts';
import {
  addMember,
  finishRotation,
  revokeMember,
  rotateMember,
} from '../../../src/composition/access/access-state.ts';
import { Namespace } from '../../../src/domain/identity/names.ts';

const namespace = Namespace.parse('fleet');
const h1 = { namespace, role: 'agent', name: 'h1' } as const;
const settings = { servers: ['nats://n1:4222'], reload: [] };

let dir: string;
let access: AccessFolder;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'rollcall-access-'));
  access = await AccessFolder.init(dir, settings);
});
afterEach(() => rm(dir, { recursive: true }));

/** The public key of the secret in the folder of a login. */
async function keyOf(login: string): Promise<string> {
  const seed = (await readFile(join(login, 'user.nk'), 'utf8')).trim();
  return fromSeed(new TextEncoder().encode(seed)).getPublicKey();
}

const members = async () => (await AccessFolder.open(dir)).members;
const config = () => readFile(access.serverConfig, 'utf8');

/** Lets a change fail where a kill would end it: after the state is written, before the configuration. */
async function interrupted(change: () => Promise<unknown>): Promise<void> {
  await rm(access.serverConfig);
  await mkdir(access.serverConfig);
  await expect(change()).rejects.toThrow();
  await rmdir(access.serverConfig);
}

describe('the folder of an access set-up', () => {
  it('keeps each of several logins that are added at once', async () => {
    const names = ['h1', 'h2', 'h3'];
    const add = async (name: string) => {
      const own = await AccessFolder.open(dir);
      return own.apply((state) => addMember(state, { ...h1, name }));
    };
    await Promise.all(names.map(add));
    expect((await members()).map(({ name }) => name).sort()).toEqual(names);
    for (const { keys } of await members()) expect(await config()).toContain(keys[0]);
  });

  it('finishes a rotation that was interrupted, and the key in use stays valid', async () => {
    const { member } = await access.apply((state) => addMember(state, h1));
    await interrupted(() => access.apply((state) => rotateMember(state, h1)));
    const done = await access.apply((state) => rotateMember(state, h1));
    expect(done.member.keys).toEqual([await keyOf(access.loginOf(h1)), member.keys[0]]);
    for (const key of done.member.keys) expect(await config()).toContain(key);
    const { member: last } = await access.apply((state) => finishRotation(state, h1));
    expect(last.keys).toEqual([done.member.keys[0]]);
    const again = await access.apply((state) => rotateMember(state, h1));
    expect(again.member.keys).toEqual([await keyOf(access.loginOf(h1)), last.keys[0]]);
  });

  it('removes a login from the configuration whose revocation was interrupted', async () => {
    const { member } = await access.apply((state) => addMember(state, h1));
    await interrupted(() => access.apply((state) => revokeMember(state, h1)));
    const repeated = await access.apply((state) => revokeMember(state, h1));
    expect(repeated.member).toEqual(member);
    await expect(access.apply((state) => revokeMember(state, h1))).rejects.toThrow(
      "there is no agent 'h1'",
    );
    expect(await config()).not.toContain(member.keys[0]);
    await expect(keyOf(access.loginOf(h1))).rejects.toThrow('ENOENT');
  });

  it('gives a login that was interrupted while it was added the secret of its key', async () => {
    await interrupted(() => access.apply((state) => addMember(state, h1)));
    const { member } = await access.apply((state) => addMember(state, h1));
    expect(member.keys).toEqual([await keyOf(access.loginOf(h1))]);
    expect(await config()).toContain(member.keys[0]);
  });
});
