import { expect, it } from 'vitest';
import { type RollcallProcess, rollcall } from '../harness/processes.ts';
import { until } from '../harness/until.ts';
import { startAccessServer } from './support/access-server.ts';

it('at a server with a JetStream domain, the roles work and have exactly their rights', async () => {
  const members = ['agent h1', 'collector w', 'consumer c', 'auditor a'];
  await using server = await startAccessServer(members, { jsDomain: 'hub' });
  await using running = new AsyncDisposableStack();
  const start = (login: string, ...args: readonly string[]): RollcallProcess =>
    running.use(rollcall([...args, '--login', login, '--json']));
  const done = async (login: string, ...args: readonly string[]) => {
    const one = start(login, ...args);
    expect(`${await one.exited} ${one.stderr}`).toBe('0 ');
    return one.lines;
  };
  const [h1, w] = [server.login('agent', 'h1'), server.login('collector', 'w')];
  const [c, a] = [server.login('consumer', 'c'), server.login('auditor', 'a')];
  await done(server.login('deploy'), 'namespace', 'create', '--js-domain', '.').catch((e) => {
    throw new Error(e.message + server.log.slice(-3000));
  });
  const collector = start(w, 'collector', '--host', 'w');
  const lease = ['--ttl', '2s', '--grace', '1s'];
  const agent = start(h1, 'agent', '--name', 'a', ...lease);
  await Promise.all([collector.ready, agent.ready]);
  expect(await done(c, 'agents')).toMatchObject([{ host: 'h1', state: 'live' }]);
  for (const [login, role] of [
    ...([
      [h1, 'agent'],
      [w, 'collector'],
      [c, 'consumer'],
      [a, 'auditor'],
    ] as const),
  ]) {
    const found = await done(login, 'doctor', '--as', role);
    expect(found.at(-1)?.['what']).toMatch(/^the login has exactly the rights of/);
  }
  agent.kill('SIGKILL');
  await until('it is collected', async () => (await done(c, 'agents')).length === 0, 60_000);
});
