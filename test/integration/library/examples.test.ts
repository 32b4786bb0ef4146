import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { openDirectory } from '../../../src/index.ts';
import { until } from '../harness/until.ts';
import { withServer } from '../harness/with-server.ts';

const world = withServer();
const at = (path: string) => fileURLToPath(new URL(`../../../${path}`, import.meta.url));
/** The examples import the package by its name; here that is its source. */
const fromSource = `data:text/javascript,${encodeURIComponent(
  `import { registerHooks } from 'node:module';
  registerHooks({ resolve: (name, context, next) =>
    next(name === 'rollcall' ? ${JSON.stringify(`file://${at('src/index.ts')}`)} : name, context) });`,
)}`;

let stateDir: string;
beforeAll(async () => {
  stateDir = await mkdtemp(join(tmpdir(), 'rollcall-examples-'));
});
afterAll(() => rm(stateDir, { recursive: true }));

const started: ChildProcess[] = [];
afterAll(() => {
  for (const child of started) child.kill('SIGKILL');
});

function start(example: string, namespace: string) {
  const child = spawn(process.execPath, ['--import', fromSource, at(`docs/examples/${example}`)], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: {
      PATH: process.env['PATH'],
      XDG_STATE_HOME: stateDir,
      NATS_URL: world.server.url,
      ROLLCALL_NAMESPACE: namespace,
    },
  });
  started.push(child);
  return child;
}

async function answersOfUndici(namespace: string): Promise<readonly string[]> {
  const client = start('undici.mjs', namespace);
  const [out, [code]] = await Promise.all([text(client.stdout), once(client, 'exit')]);
  expect(code).toBe(0);
  return out.trim().split('\n');
}

it('the examples of Express and Fastify register themselves, and that of undici reaches both, and one when the other is killed', async () => {
  const namespace = 'examples';
  const express = start('express.mjs', namespace);
  start('fastify.mjs', namespace);
  await using directory = await openDirectory({
    ...{ servers: world.server.url, namespace, connectWithin: '30s' },
  });
  await until(
    'both are live',
    () => directory.pick('web') && directory.instances('web').length === 2,
  );
  const both = await answersOfUndici(namespace);
  expect(both).toHaveLength(10);
  expect(both.filter((one) => one !== 'express' && one !== 'fastify')).toEqual([]);

  const dead = once(express, 'exit');
  express.kill('SIGKILL');
  await dead;
  expect(await answersOfUndici(namespace)).toEqual(Array.from({ length: 10 }, () => 'fastify'));
});

it.each(['express.mjs', 'fastify.mjs'])(
  '%s drains and leaves at SIGTERM, and ends by it',
  async (example) => {
    const namespace = example.replace('.', '-');
    const running = start(example, namespace);
    await using directory = await openDirectory({
      ...{ servers: world.server.url, namespace, connectWithin: '30s' },
    });
    const state = () => directory.instances('web')[0]?.state;
    await until('it is live', () => state() === 'live');
    const ended = once(running, 'exit');
    running.kill('SIGTERM');
    await until('it drains', () => state() === 'draining');
    expect(await ended).toEqual([null, 'SIGTERM']);
    await until('it is gone', () => directory.instances().length === 0);
  },
);
