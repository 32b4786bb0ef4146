import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { subjectNamesOf } from '../../../src/adapters/nats/connection/subject-names.ts';
import { runProgram } from '../../../src/cli/program.ts';
import { Fault } from '../../../src/domain/fault.ts';
import { Namespace } from '../../../src/domain/identity/names.ts';
import { fakeTerminal } from '../../cli/support/fake-terminal.ts';
import { type RollcallProcess, rollcall } from '../harness/processes.ts';
import { until } from '../harness/until.ts';
import { type AccessServer, startAccessServer } from './support/access-server.ts';
import { connectAs } from './support/connect-as.ts';

/** Runs `rollcall …` with a login, in this process. @returns its exit code or its error, and what it wrote */
async function run(login: string, args: readonly string[]) {
  const { io, out, err } = fakeTerminal({});
  const starting = { version: '0', starting() {} };
  let hint = '';
  const code = await runProgram([...args, '--login', login], io, starting).catch((cause) => {
    if (cause instanceof Fault) hint = cause.hint ?? '';
    return String(cause);
  });
  return { code, hint, text: [...out, ...err].join('\n') };
}

/** The lost agents that need attention: nobody has acknowledged their loss. */
async function lostAgents(): Promise<readonly string[]> {
  const { text } = await run(server.login('auditor', 'a'), ['agents', '--json']);
  const lines = text.split('\n').filter((line) => line.startsWith('{'));
  return lines.flatMap((line) => {
    const { event, agents } = JSON.parse(line) as { event: string; agents: { agent: string }[] };
    return event === 'lost' ? agents.map(({ agent }) => agent) : [];
  });
}

/** The roles that may acknowledge losses. For each of them an agent of this name is lost. */
const acknowledging = ['operator', 'dashboard', 'collector'] as const;

let server: AccessServer;
const running = new AsyncDisposableStack();
beforeAll(async () => {
  const members = ['agent h1', 'agent h2', 'consumer c', 'auditor a', 'operator o', 'dashboard d'];
  server = await startAccessServer([...members, 'collector w']);
  await run(server.login('deploy'), ['namespace', 'create']);
  const start = (login: string, ...args: readonly string[]): RollcallProcess =>
    running.use(rollcall([...args, '--login', login, '--json']));
  const h2 = server.login('agent', 'h2');
  const instances = join(server.login('deploy'), 'instances.yaml');
  await writeFile(instances, 'instances: [{ service: web, id: "1" }]\n');
  const lease = ['--ttl', '2s', '--grace', '1s'];
  const dying = ['gone', ...acknowledging].map((name) =>
    start(h2, 'agent', '--name', name, ...lease),
  );
  const agent = start(h2, 'agent', '--name', 'a', '--instances', instances);
  const collector = start(server.login('collector', 'w'), 'collector', '--host', 'w', ...lease);
  await Promise.all([...dying, agent, collector].map(({ ready }) => ready));
  // The brake would declare one of them dead every 10 s.
  await run(server.login('operator', 'o'), ['policy', 'set', 'brake.pace=1s']);
  for (const one of dying) one.kill('SIGKILL');
  await until('all of them are lost', async () => (await lostAgents()).length === dying.length);
  // An instance without an owner, which a collector with a seat would remove.
  collector.kill('SIGTERM');
  await collector.exited;
  const judge = await connectAs(server, 'collector', 'w');
  const { stream, prefix } = subjectNamesOf(Namespace.parse('fleet')).registry;
  const request = JSON.stringify({ last_by_subj: `${prefix}instance.h2.a.web.1` });
  const answer = await judge.request(`$JS.API.STREAM.MSG.GET.${stream}`, request);
  const { data } = answer.json<{ message: { data: string } }>().message;
  const record = { ...JSON.parse(Buffer.from(data, 'base64').toString()), agent: 'z', id: '2' };
  await judge.request(`${prefix}instance.h2.z.web.2`, JSON.stringify(record));
  await judge.close();
});
afterAll(async () => {
  await running.disposeAsync();
  await server?.[Symbol.asyncDispose]();
});

const plans = [
  ['hold', 'h2', '--for', '1h'],
  ['drain', 'h2', '--for', '1h'],
  ['policy', 'set', 'seats=1'],
  ['lost', 'ack', 'all', '--yes'],
];
const removals = [
  ['deregister', 'web/2', '--yes'],
  ['gc', 'remove', 'instance.h2.z.web.2', '--yes'],
  ['namespace', 'drop', 'fleet', '--yes', '--force'],
];

describe.each([
  ['agent', 'h1', [...plans, ...removals]],
  ['consumer', 'c', [...plans, ...removals]],
  ['auditor', 'a', [...plans, ...removals]],
  ['operator', 'o', removals],
  ['dashboard', 'd', removals],
  ['collector', 'w', [['namespace', 'drop', 'fleet', '--yes', '--force']]],
] as const)('with the login of %s %s', (role, name, commands) => {
  const each = commands.map((words) => ({ words, command: words.join(' ') }));
  it.each(each)('the command $command is refused', async ({ words }) => {
    const records = async () =>
      (await run(server.login('auditor', 'a'), ['ps', '-o', 'name'])).text;
    const before = await records();
    const { code } = await run(server.login(role, name), words);
    expect(code).toMatch(/^Fault: this (connection may not publish to|login may not read) /);
    expect(await records()).toBe(before);
  });
});

describe('losses are acknowledged', () => {
  it.each([
    ['operator', 'o'],
    ['dashboard', 'd'],
    ['collector', 'w'],
  ] as const)('with the login of %s %s', async (role, name) => {
    expect(await lostAgents()).toContain(role);
    const login = server.login(role, name);
    const { code, text } = await run(login, ['lost', 'ack', `h2/${role}`, '--yes', '--as', role]);
    expect([code, text]).toEqual([0, expect.stringMatching(/^acknowledged: 1 agent/)]);
    expect(await lostAgents()).not.toContain(role);
  });

  it.each([
    ['agent', 'h1'],
    ['consumer', 'c'],
    ['auditor', 'a'],
    ['deploy', undefined],
  ] as const)(
    'is refused with the login of %s %s, and the error names who may acknowledge',
    async (role, name) => {
      const login = server.login(role, name);
      const { code, hint } = await run(login, ['lost', 'ack', 'h2/gone', '--yes']);
      expect(code).toMatch(/^Fault: this (connection may not publish to|login may not read) /);
      expect(hint).toContain('operator');
      expect(await lostAgents()).toContain('gone');
    },
  );
});
