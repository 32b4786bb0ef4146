import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { kill } from 'node:process';
import { expect, test } from 'vitest';
import { checkout } from '../../../../tools/docs/generated-docs.ts';
import { until } from '../../harness/until.ts';
import { withServer } from '../../harness/with-server.ts';

const world = withServer();
const page = readFileSync(`${checkout}docs/how-to/register-from-any-language.md`, 'utf8');

/** The first block of this language that registers something. */
function block(language: string): string {
  const blocks = [...page.matchAll(/^```(\w+)\n(.*?)^```/gms)];
  const [, , text] =
    blocks.find(([, name, code]) => name === language && code?.includes('PUT')) ?? [];
  if (text === undefined) throw new Error(`the page has no example in ${language}`);
  return text;
}

/** Runs a program from its text, with the port of this test in the place of 8602. */
function start(command: string, text: string, port: string) {
  const child = spawn(command, ['-'], { stdio: ['pipe', 'pipe', 'inherit'], detached: true });
  child.stdin.end(text.replaceAll('8602', port));
  const out: string[] = [];
  child.stdout.setEncoding('utf8').on('data', (data: string) => void out.push(data));
  const ended = once(child, 'close').then(([code]) => ({ code, out: out.join('') }));
  return { child, ended };
}

test('the examples of the how-to guide register and have the documented results', async () => {
  await using fleet = await world.fleet();
  const agent = fleet.start(['agent', '--host', 'h1', '--name', 'a', '--api', '127.0.0.1:0']);
  const { api } = (await agent.ready) as { api?: string };
  const { port } = new URL(`${api}`);
  const seen = () => fleet.told.map(({ now }) => now?.health.detail);

  const curl = await start('sh', block('sh'), port).ended;
  expect(curl).toMatchObject({ code: 0, out: expect.stringContaining('"token":') });
  expect(seen()).toContain('disk full');
  await until('it is gone', () => fleet.directory.instances('web').length === 0);

  const python = await start('python3', block('python'), port).ended;
  expect(python).toMatchObject({ code: 0, out: expect.stringMatching(/^201 /) });
  await until('it is gone', () => fleet.directory.instances('web').length === 0);

  // The script is killed in its work, and cannot deregister itself.
  const bash = start('bash', block('bash').replace('sleep 1', 'sleep 60'), port);
  await until('it is registered', () => fleet.directory.instances('jobs').length === 1);
  await until('it holds the connection', async () => {
    const [row] = (await (await fetch(`${api}/v1/instances`)).json()) as { attached: number }[];
    return row?.attached === 1;
  });
  bash.child.kill('SIGKILL');
  // The work of the script goes on without it.
  await using _ = {
    [Symbol.asyncDispose]: async () => void kill(-(bash.child.pid ?? 0), 'SIGKILL'),
  };
  await until('it fails', () => fleet.directory.instances('jobs')[0]?.health.state === 'failing');
});
