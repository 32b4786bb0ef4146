import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { kill } from 'node:process';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type RollcallProcess, rollcall } from '../harness/processes.ts';
import { command } from './support/run-command.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rollcall-demo-test-'));
});
afterEach(() => rm(folder, { recursive: true, force: true, maxRetries: 20 }));

const { ROLLCALL_NATS_SERVER } = process.env;
const demo = (...args: string[]) =>
  rollcall(['demo', ...args], { ROLLCALL_NATS_SERVER, TMPDIR: folder });

/** The agents of the story, taken from the lines that announce them. */
async function castOf(story: RollcallProcess): Promise<Map<string, number>> {
  await story.line(({ event, n }) => event === 'chapter' && n === 2);
  const acts = story.lines.filter(
    ({ event, what }) => event === 'act' && /^process \d+$/.test(`${what}`),
  );
  return new Map(
    acts.map(({ command, what }) => [
      `${/--host (\S+)/.exec(`${command}`)?.[1]}/${/--name (\S+)/.exec(`${command}`)?.[1]}`,
      Number(`${what}`.split(' ')[1]),
    ]),
  );
}

function isAlive(pid: number): boolean {
  try {
    return kill(pid, 0);
  } catch {
    return false;
  }
}

describe('rollcall demo', () => {
  it('gives the announced result, needs no settings, and leaves nothing behind', async () => {
    await using story = demo('--json');
    const cast = await castOf(story);
    expect([...cast.keys()]).toEqual(['oslo/web', 'paris/web', 'lima/web', 'lima/db']);
    const code = await story.exited;
    const checks = story.lines.filter(({ event }) => event === 'check');
    expect(checks.filter(({ held }) => held !== true)).toEqual([]);
    expect(checks.length).toBeGreaterThanOrEqual(14);
    expect({ code, stderr: story.stderr }).toEqual({ code: 0, stderr: '' });
    expect([...cast.values()].filter(isAlive)).toEqual([]);
    expect(await readdir(folder)).toEqual([]);
  });

  it('prints plain lines of at most 100 characters without a terminal', async () => {
    const env = { TMPDIR: folder, ROLLCALL_NAMESPACE: 'other', ROLLCALL_TTL: 'nonsense' };
    const { code, out } = await command(['demo'], env);
    expect(code).toBe(0);
    expect(out).toMatch(/^1 Four agents start/m);
    expect(out).toMatch(/^6 Read the audit/m);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: the test looks for colours
    expect(out).not.toMatch(/[\u0000-\u0009\u000b-\u001f]|✕ failed/);
    for (const line of out.split('\n')) expect(line.length).toBeLessThanOrEqual(100);
  });

  it('fails if the story has another result, and still leaves nothing behind', async () => {
    await using story = demo('--json');
    const cast = await castOf(story);
    kill(cast.get('lima/web') ?? 0, 'SIGKILL');
    expect(await story.exited).toBe(1);
    const failed = story.lines.filter(({ event, held }) => event === 'check' && held === false);
    expect(failed.map(({ what }) => what)).toEqual(['the other instances are unchanged']);
    expect([...cast.values()].filter(isAlive)).toEqual([]);
    expect(await readdir(folder)).toEqual([]);
  });

  it.each(['its start', 'a frozen agent'])('leaves nothing after Ctrl-C at %s', async (moment) => {
    await using story = demo('--json');
    const frozen = moment === 'a frozen agent';
    await story.line(({ event, command }) => event === 'chapter' && (!frozen || !command));
    const cast = frozen ? await castOf(story) : new Map<string, number>();
    if (frozen) {
      const paris = cast.get('paris/web');
      await story.line((line) => line['command'] === `kill -STOP ${paris}`);
    }
    story.kill('SIGINT');
    expect(await story.exited).toBe(130);
    expect([...cast.values()].filter(isAlive)).toEqual([]);
    expect(await readdir(folder)).toEqual([]);
    expect(story.stderr).toBe('');
  });

  it('leaves no agents running after SIGKILL', async () => {
    await using story = demo('--json');
    const cast = await castOf(story);
    story.kill('SIGKILL');
    await story.exited;
    for (let tries = 0; [...cast.values()].some(isAlive) && tries < 300; tries += 1) {
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    expect([...cast.values()].filter(isAlive)).toEqual([]);
  });
});
