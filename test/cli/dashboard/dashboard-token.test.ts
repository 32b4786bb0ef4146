import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { dashboardLines } from '../../../src/cli/dashboard/dashboard-lines.ts';
import { dashboardTokens } from '../../../src/cli/dashboard/dashboard-token.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rollcall-token-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const bind = '127.0.0.1';
const mine = () => ({ env: { XDG_STATE_HOME: folder } });
const linesOf = async (isTerminal: boolean, io: Parameters<typeof dashboardTokens>[1]) => {
  const access = await dashboardTokens({ bind }, io);
  const closing = { [Symbol.asyncDispose]: async () => {} };
  return dashboardLines({ url: 'http://127.0.0.1:1/', access, ...closing }, { isTerminal });
};

describe('the tokens of a dashboard', () => {
  it('without a setting are those of this user, which only this user can read', async () => {
    const [first, second] = await Promise.all([
      dashboardTokens({ bind }, mine()),
      dashboardTokens({ bind }, mine()),
    ]);
    expect(first).toEqual(second);
    const { tokens, file = '', lookFile = '' } = first;
    expect([tokens.act?.length, tokens.look?.length]).toEqual([43, 43]);
    expect(tokens.act).not.toBe(tokens.look);
    expect((await readFile(file, 'utf8')).trim()).toBe(tokens.act);
    for (const one of [file, lookFile]) expect((await stat(one)).mode & 0o777).toBe(0o600);
    expect(await readdir(join(folder, 'rollcall'))).toEqual([
      'dashboard-look-token',
      'dashboard-token',
    ]);
  });

  it('are refused if other users can read their file', async () => {
    const { file = '' } = await dashboardTokens({ bind }, mine());
    await chmod(file, 0o640);
    await expect(dashboardTokens({ bind }, mine())).rejects.toMatchObject({
      code: 'bad-setting',
      message: expect.stringContaining('other users can read this secret'),
    });
  });

  it('exist without a home directory too, in memory', async () => {
    const { tokens, file } = await dashboardTokens({ bind }, { env: {} });
    expect([tokens.act?.length, file]).toEqual([43, undefined]);
  });

  it('are those of the files that were given', async () => {
    const [tokenFile, lookTokenFile] = [join(folder, 'act'), join(folder, 'look')];
    await writeFile(tokenFile, `${'x'.repeat(16)}\n`);
    await writeFile(lookTokenFile, `${'y'.repeat(16)}\n`);
    const given = await dashboardTokens({ bind: '0.0.0.0', tokenFile, lookTokenFile }, mine());
    expect(given.tokens).toEqual({ act: 'x'.repeat(16), look: 'y'.repeat(16) });
    await expect(
      dashboardTokens({ bind, tokenFile, lookTokenFile: tokenFile }, mine()),
    ).rejects.toThrow('the same as the token to act');
  });

  it('are needed for other machines', async () => {
    await expect(dashboardTokens({ bind: '0.0.0.0' }, mine())).rejects.toThrow('requires a token');
  });

  it('are not needed for what is public', async () => {
    expect((await dashboardTokens({ bind, isPublic: true }, mine())).tokens).toEqual({});
  });

  it('are in the link on a terminal, and in a log only if nothing else has them', async () => {
    expect((await linesOf(true, mine())).link).toMatch(/\?token=[\w-]{43}$/);
    const logged = await linesOf(false, mine());
    expect(logged.link).toBe('http://127.0.0.1:1/');
    expect(logged.notes.join()).toContain('dashboard-token');
    expect((await linesOf(false, { env: {} })).link).toMatch(/\?token=[\w-]{43}$/);
  });
});
