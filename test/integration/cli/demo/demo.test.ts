import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { rollcall } from '../../harness/processes.ts';
import { castOf, isAlive } from '../support/demo-story.ts';
import { command } from '../support/run-command.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rollcall-demo-test-'));
});
afterEach(() => rm(folder, { recursive: true, force: true, maxRetries: 20 }));

const { ROLLCALL_NATS_SERVER } = process.env;
const demo = (...args: string[]) =>
  rollcall(['demo', ...args], { ROLLCALL_NATS_SERVER, TMPDIR: folder });

describe('rollcall demo', () => {
  it('gives the announced result, needs no settings, and removes everything', async () => {
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
});
