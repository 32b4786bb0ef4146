import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { rollcall } from '../harness/processes.ts';
import { commandOfOther } from './support/other-user.ts';
import { command } from './support/run-command.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rollcall-up-secure-'));
});
afterEach(() => rm(folder, { recursive: true, force: true, maxRetries: 20 }));

const { ROLLCALL_NATS_SERVER } = process.env;
const mine = () => ({ ROLLCALL_NATS_SERVER, XDG_STATE_HOME: folder });
const options = ['--json', '--secure', '--port', '0', '--host', 'h1'];

describe('rollcall up --secure', () => {
  it('gives each command of its user the login of one role', async () => {
    const store = join(folder, 'store');
    await using running = rollcall(['up', ...options, '--store', store], mine());
    const { servers } = await running.ready;
    const where = ['--json', '--servers', `${servers}`];
    await using agent = rollcall(['agent', '--host', 'h1', '--name', 'a', ...where], mine());
    await agent.ready;
    for (const line of ['hold h1 --for 1h', 'audit verify', 'gc run']) {
      const done = await command([...line.split(' '), ...where], mine());
      expect([line, done.code, done.err]).toEqual([line, 0, '']);
    }
    const other = await commandOfOther(['ps', ...where], folder);
    expect([other.code, other.err]).toEqual([
      3,
      expect.stringContaining('lets in only its own user'),
    ]);
    const asAgent = join(store, 'access', 'logins', 'default', 'agent-h1');
    const held = await command(['hold', 'h1', '--for', '2h', ...where, '--login', asAgent]);
    expect(held.code).not.toBe(0);
  });

  it('lets in an agent of a host that is added while it runs', async () => {
    const store = join(folder, 'store');
    await using running = rollcall(['up', ...options, '--store', store], mine());
    const { servers } = await running.ready;
    const where = ['--json', '--servers', `${servers}`];
    const add = ['access', 'add', 'agent', 'h2', '--dir', join(store, 'access')];
    expect(await command(add, mine())).toMatchObject({ code: 0 });
    await using second = rollcall(['agent', '--host', 'h2', '--name', 'b', ...where], mine());
    await second.ready;
  });
});
