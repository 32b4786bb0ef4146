import { afterAll, describe, expect, test } from 'vitest';
import { openNatsStore } from '../../../src/adapters/nats/store.ts';
import { startLeafServers } from '../harness/leaf-servers.ts';
import { rollcall } from '../harness/processes.ts';
import { until } from '../harness/until.ts';
import { freshNamespace } from '../nats/support/open-store.ts';

const servers = await startLeafServers();
afterAll(() => servers[Symbol.asyncDispose]());

const fast = ['--ttl', '2s', '--grace', '2s'];
const agentAt = (url: string, namespace: string, ...more: readonly string[]) =>
  rollcall([
    ...['agent', '--servers', url, '--namespace', namespace, '--host', 'h1', '--name', 'shop'],
    ...['--json', ...fast, ...more],
  ]);
const list = async (url: string, namespace: string, ...more: readonly string[]) => {
  const args = ['--servers', url, '--namespace', namespace, '--json', ...more];
  await using ps = rollcall(['agents', ...args]);
  const code = await ps.exited;
  return { code, stderr: ps.stderr, agents: ps.lines.map(({ host, agent }) => ({ host, agent })) };
};
const shop = { host: 'h1', agent: 'shop' };

describe('an agent at a leaf node whose server has a JetStream of its own', () => {
  test('does not create a second namespace, and names the domain that has it', async () => {
    const namespace = freshNamespace();
    await using atHub = agentAt(servers.hub.url, namespace, '--js-domain', '.');
    await atHub.ready;
    await using atLeaf = agentAt(servers.leaf.url, namespace, '--name', 'other');
    expect(await atLeaf.exited).toBe(1);
    expect(atLeaf.stderr).toContain(`namespace '${namespace}' is in the JetStream domain 'hub'`);
    expect(atLeaf.stderr).toContain('--js-domain hub');
    const seen = await list(servers.leaf.url, namespace);
    expect(seen.code).not.toBe(0);
    expect(seen.stderr).toContain('--js-domain hub');
  });

  test("uses the namespace in the hub's domain if --js-domain names it", async () => {
    const namespace = freshNamespace();
    await using agent = agentAt(servers.leaf.url, namespace, '--js-domain', 'hub');
    await agent.ready;
    // Both see the one fleet: the hub without the setting, because the namespace is there.
    expect((await list(servers.hub.url, namespace)).agents).toEqual([shop]);
    expect((await list(servers.leaf.url, namespace, '--js-domain', 'hub')).agents).toEqual([shop]);
    agent.kill('SIGTERM');
    expect(await agent.exited).toBe(0);
    expect((await list(servers.hub.url, namespace)).agents).toEqual([]);
  });

  test('creates a namespace in its own domain only if the domain is named', async () => {
    const namespace = freshNamespace();
    const open = (jsDomain?: string) =>
      openNatsStore({
        ...{ servers: [servers.leaf.url], namespace, name: 'test' },
        ...(jsDomain !== undefined && { jsDomain }),
      });
    await expect(open()).rejects.toMatchObject({
      code: 'store-misconfigured',
      message: expect.stringContaining("connect it to the domains 'hub'"),
      hint: expect.stringContaining('--js-domain leaf'),
    });
    await (await open('leaf'))[Symbol.asyncDispose]();
    // Once it is there, nothing has to be named.
    await (await open())[Symbol.asyncDispose]();
  });

  test('names the domain that does not answer', async () => {
    const options = { servers: [servers.leaf.url], namespace: freshNamespace(), name: 'test' };
    const opening = openNatsStore({ ...options, jsDomain: 'nowhere', answerWithin: 500 });
    await expect(opening).rejects.toMatchObject({
      code: 'store-unavailable',
      message: expect.stringContaining("'nowhere'"),
    });
  });

  test('gets the list of domains from doctor, and a warning about two namespaces with one name', async () => {
    const namespace = freshNamespace();
    const doctor = async (url: string) => {
      await using run = rollcall(['doctor', '--servers', url, '--namespace', namespace, '--json']);
      await run.exited;
      return run.lines.filter(({ about }) => about === 'server' || about === 'domain');
    };
    for (const [server, jsDomain] of [
      [servers.hub, '.'],
      [servers.leaf, '.'],
    ] as const) {
      const options = { servers: [server.url], namespace, name: 'test', jsDomain };
      await (await openNatsStore(options))[Symbol.asyncDispose]();
    }
    expect(await doctor(servers.leaf.url)).toEqual([
      expect.objectContaining({ level: 'ok', what: expect.stringContaining("domain 'leaf'") }),
      expect.objectContaining({ level: 'wrong', what: expect.stringContaining("'leaf', 'hub'") }),
    ]);
  });

  test('writes only into its own namespace if the hub has one with the same name, and the hub gets the session events of both', async () => {
    const namespace = freshNamespace();
    await using atHub = agentAt(servers.hub.url, namespace, '--js-domain', '.');
    await atHub.ready;
    await using atLeaf = agentAt(servers.leaf.url, namespace, '--js-domain', '.', '--host', 'h2');
    await atLeaf.ready;
    const subjects = async () => {
      const where = ['--servers', servers.hub.url, '--namespace', namespace];
      await using out = rollcall(['audit', 'export', ...where, '--out', '-']);
      expect(await out.exited).toBe(0);
      return out.lines.map(({ subject }) => `${subject}`);
    };
    const isOfSession = (subject: string) => subject.includes('.session.');
    let ofLeaf: readonly string[] = [];
    await until('the hub has events of the agent at the leaf node', async () => {
      ofLeaf = (await subjects()).filter((subject) => subject.startsWith('h2.'));
      return ofLeaf.length > 0;
    });
    expect(ofLeaf.filter((subject) => !isOfSession(subject))).toEqual([]);
    // The fleet is made of commits only: each side shows its own.
    expect((await list(servers.hub.url, namespace)).agents).toEqual([shop]);
  });
});
