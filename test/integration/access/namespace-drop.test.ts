import { expect, it } from 'vitest';
import { runProgram } from '../../../src/cli/program.ts';
import { fakeTerminal } from '../../cli/support/fake-terminal.ts';
import { rollcall } from '../harness/processes.ts';
import { startAccessServer } from './support/access-server.ts';

const namespace = 'fleet';

/** Runs `rollcall …` with a login, in this process; `answer` is what the person at the terminal says. */
async function run(login: string, args: readonly string[], answer?: string) {
  const asked: string[] = [];
  const { io, out, err } = fakeTerminal({
    isTerminal: answer !== undefined,
    signals: { on: () => {}, off: () => {}, stdin: { isTTY: true } },
    ask: async (question) => {
      asked.push(question);
      return answer ?? '';
    },
  });
  const starting = { version: '0', starting() {} };
  const code = await runProgram([...args, '--login', login], io, starting).catch(
    (cause: unknown) => `${cause}`,
  );
  return { code, asked, text: [...out, ...err].join('\n'), out };
}

it('namespace drop deletes the streams with the login of deploy, after a question, and not while a process uses them', async () => {
  await using server = await startAccessServer(['agent h1', 'auditor a']);
  const deploy = server.login('deploy');
  const drop = (more: readonly string[] = [], answer?: string) =>
    run(deploy, ['namespace', 'drop', namespace, ...more], answer);
  const exists = async () =>
    (await run(server.login('auditor', 'a'), ['agents', '--json'])).code === 0;
  expect((await run(deploy, ['namespace', 'create'])).code).toBe(0);
  {
    await using agent = rollcall([
      'agent',
      '--name',
      'a',
      '--login',
      server.login('agent', 'h1'),
      '--json',
    ]);
    await agent.ready;

    const plan = await drop(['--dry-run', '--json']);
    expect([plan.code, JSON.parse(plan.out[0] ?? '')]).toEqual([
      0,
      expect.objectContaining({
        ...{ dropped: false, users: [expect.stringMatching(/^agent h1\//)] },
        streams: [
          expect.objectContaining({ stream: `KV_rollcall_${namespace}_leases`, messages: 1 }),
          expect.objectContaining({ stream: `KV_rollcall_${namespace}_registry` }),
          expect.objectContaining({ stream: `KV_rollcall_${namespace}_keyframes` }),
          expect.objectContaining({ stream: `ROLLCALL_${namespace}_audit` }),
        ],
      }),
    ]);
    const used = await drop(['--yes']);
    expect([used.code, used.text]).toEqual([1, expect.stringMatching(/agent h1\/.*--force/)]);
    expect(await exists()).toBe(true);
    agent.kill('SIGTERM');
    expect(await agent.exited).toBe(0);
  }
  expect(await drop()).toMatchObject({ code: 1, text: expect.stringContaining('--yes') });
  const refused = await drop([], 'n');
  expect(refused).toMatchObject({ code: 1, asked: [expect.stringContaining(namespace)] });
  expect(refused.text).toContain('rollcall backup');
  expect(await exists()).toBe(true);

  const other = await run(server.login('auditor', 'a'), ['namespace', 'drop', namespace, '--yes']);
  expect(other.code).toContain('may not publish');
  const elsewhere = await run(deploy, ['namespace', 'drop', 'other', '--yes']);
  expect(elsewhere.code).toMatch(/namespace is 'fleet', and 'other' is to be deleted/);

  const dropped = await drop([], 'y');
  expect(dropped.code).toBe(0);
  expect(dropped.text).toContain(`deleted ROLLCALL_${namespace}_audit, which had`);
  expect(await exists()).toBe(false);
  expect((await drop(['--yes'])).code).toContain('there is no namespace');
});

it('namespace drop looks again for processes after the question, and deletes with --force while some run', async () => {
  await using server = await startAccessServer(['agent h1']);
  const deploy = server.login('deploy');
  expect((await run(deploy, ['namespace', 'create'])).code).toBe(0);
  await using agents = new AsyncDisposableStack();
  const start = async () => {
    const agent = agents.use(
      rollcall(['agent', '--name', 'a', '--login', server.login('agent', 'h1'), '--json']),
    );
    await agent.ready;
    return 'y';
  };
  const { io, out } = fakeTerminal({
    ...{ isTerminal: true, signals: { on: () => {}, off: () => {}, stdin: { isTTY: true } } },
    ask: start,
  });
  const args = ['namespace', 'drop', namespace, '--login', deploy];
  expect(await runProgram(args, io, { version: '0', starting() {} })).toBe(1);
  expect(out.at(-1)).toContain('agent h1/a; stop that first');

  const forced = await run(deploy, ['namespace', 'drop', namespace, '--force', '--yes']);
  expect([forced.code, forced.text]).toEqual([0, expect.stringContaining('create it anew')]);
});
