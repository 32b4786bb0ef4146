import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { kill } from 'node:process';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { rollcall } from '../../harness/processes.ts';
import { castOf, isAlive } from '../support/demo-story.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rollcall-demo-test-'));
});
afterEach(() => rm(folder, { recursive: true, force: true, maxRetries: 20 }));

const { ROLLCALL_NATS_SERVER } = process.env;
const demo = (...args: string[]) =>
  rollcall(['demo', ...args], { ROLLCALL_NATS_SERVER, TMPDIR: folder });

describe('rollcall demo', () => {
  it('fails if the result is unexpected, and still removes everything', async () => {
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
