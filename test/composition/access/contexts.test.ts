import { chmod, mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Contexts } from '../../../src/composition/access/contexts.ts';

let home: string;
let contexts: Contexts;
beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), 'rollcall-contexts-'));
  contexts = new Contexts(join(home, 'rollcall'), join(home, 'nats'));
});
afterEach(() => rm(home, { recursive: true }));

async function natsContext(name: string, fields: object): Promise<void> {
  await mkdir(join(home, 'nats', 'context'), { recursive: true });
  await writeFile(join(home, 'nats', 'context', `${name}.json`), JSON.stringify(fields));
}

describe('the contexts of a user', () => {
  it('are stored in a file that only this user can read', async () => {
    expect(await contexts.add('prod', { servers: 'nats://n1', token: 'secret' })).toBe(true);
    expect(await contexts.add('prod', { servers: 'nats://n2' })).toBe(false);
    const file = join(home, 'rollcall', 'contexts.json');
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect(await contexts.settingsOf('prod', home)).toEqual({ servers: 'nats://n2' });
    await chmod(file, 0o640);
    await expect(contexts.list()).rejects.toMatchObject({
      message: expect.stringContaining('other users can read this secret'),
      // To remove it, as a token that is made again, would lose all contexts.
      hint: `chmod 600 ${file}. If another user may have read it: replace the passwords and tokens in it`,
    });
  });

  it('are all kept when commands add them at once', async () => {
    const names = ['a', 'b', 'c', 'd'];
    const add = (name: string) =>
      new Contexts(join(home, 'rollcall'), undefined).add(name, { servers: `nats://${name}` });
    await Promise.all(names.map(add));
    expect((await contexts.list()).map(({ name }) => name)).toEqual(names);
  });

  it.each(['constructor', 'toString', 'hasOwnProperty'])(
    'can have the name %s, and have none that was not added',
    async (name) => {
      await expect(contexts.settingsOf(name, home)).rejects.toThrow('there is no context');
      await expect(contexts.use(name)).rejects.toThrow('there is no context');
      expect(await contexts.remove(name)).toBe(false);
      await natsContext(name, { url: 'nats://n3' });
      expect(await contexts.list()).toMatchObject([{ name, from: 'nats' }]);
      expect(await contexts.add(name, { servers: 'nats://n1' })).toBe(true);
      expect(await contexts.add(name, { servers: 'nats://n2' })).toBe(false);
      expect(await contexts.settingsOf(name, home)).toEqual({ servers: 'nats://n2' });
      expect(await contexts.list()).toMatchObject([{ name, from: 'rollcall' }]);
      expect(await contexts.remove(name)).toBe(true);
    },
  );

  it('have a current one, until it is removed', async () => {
    await contexts.add('prod', { servers: 'nats://n1' });
    await contexts.use('prod');
    expect(await contexts.current()).toBe('prod');
    expect(await contexts.remove('prod')).toBe(true);
    expect(await contexts.current()).toBeUndefined();
    expect(await contexts.remove('prod')).toBe(false);
    await expect(contexts.use('prod')).rejects.toThrow("there is no context 'prod'");
  });

  it('include those of the command nats, which are read and never written', async () => {
    await natsContext('ops', {
      ...{ description: 'x', url: 'nats://n3:4222', user: '', creds: '~/ops.creds' },
      ...{ inbox_prefix: '_INBOX_ops', jetstream_domain: 'hub', nsc: '', tls_first: false },
    });
    expect(await contexts.settingsOf('ops', home)).toEqual({
      ...{ servers: 'nats://n3:4222', creds: join(home, 'ops.creds') },
      ...{ 'inbox-prefix': '_INBOX_ops', 'js-domain': 'hub' },
    });
    await contexts.use('ops');
    expect(await contexts.list()).toMatchObject([{ name: 'ops', from: 'nats', isCurrent: true }]);
    expect(await contexts.remove('ops')).toBe(false);
  });

  it('are listed beside a folder and a broken file of the command nats, which says why when it is used', async () => {
    await contexts.add('prod', { servers: 'nats://n1' });
    await mkdir(join(home, 'nats', 'context', 'old.json'), { recursive: true });
    await writeFile(join(home, 'nats', 'context', 'broken.json'), '{');
    expect((await contexts.list()).map(({ name }) => name)).toEqual(['broken', 'prod']);
    await expect(contexts.settingsOf('broken', home)).rejects.toMatchObject({
      code: 'bad-setting',
      message: "the context 'broken' of nats is not a JSON object",
      hint: expect.stringContaining('rollcall context add broken'),
    });
    await rm(join(home, 'nats'), { recursive: true });
    await mkdir(join(home, 'nats'));
    await writeFile(join(home, 'nats', 'context'), 'no folder');
    await expect(contexts.list()).rejects.toMatchObject({ code: 'bad-setting' });
  });

  it.each(['nsc', 'user_jwt', 'jetstream_api_prefix'])(
    'of the command nats are refused by name if they need %s',
    async (field) => {
      await natsContext('ops', { url: 'nats://n3:4222', [field]: 'x' });
      await expect(contexts.settingsOf('ops', home)).rejects.toThrow(`has ${field}`);
    },
  );

  it.each(['../etc', '.x', 'a/b', '', '-x', '__proto__'])('refuse the name %j', async (name) => {
    await expect(contexts.add(name, { servers: 'n' })).rejects.toThrow('not the name of a context');
    await expect(contexts.settingsOf(name, home)).rejects.toThrow('there is no context');
  });
});
