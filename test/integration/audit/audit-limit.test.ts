import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { inboxPrefixOf } from '../../../src/adapters/nats/access/member.ts';
import { subjectNamesOf } from '../../../src/adapters/nats/connection/subject-names.ts';
import { runProgram } from '../../../src/cli/program.ts';
import { connectionOptions } from '../../../src/composition/store/access.ts';
import { openStore } from '../../../src/composition/store/open-store.ts';
import { Fault } from '../../../src/domain/fault.ts';
import { Namespace } from '../../../src/domain/identity/names.ts';
import { fakeTerminal } from '../../cli/support/fake-terminal.ts';
import { type AccessServer, startAccessServer } from '../access/support/access-server.ts';
import { connectAs } from '../access/support/connect-as.ts';
import { startKeyframeSigner } from './support/keyframe-signer.ts';
import { portsOf, quiet } from './support/sample-audit.ts';

const { auditStream } = subjectNamesOf(Namespace.parse('fleet'));
const never = new AbortController().signal;
let server: AccessServer;
const opened = new AsyncDisposableStack();

/** Runs `rollcall …` with a login, in this process. */
async function run(role: 'deploy' | 'operator' | 'auditor', ...args: readonly string[]) {
  const { io, out, err } = fakeTerminal({});
  const starting = { version: '0', starting() {} };
  const words = [...args, '--login', server.login(role)];
  const code = await runProgram(words, io, starting).catch((cause) => {
    if (cause instanceof Fault) err.push(cause.message, cause.hint ?? '');
    return String(cause);
  });
  return { code, text: [...out, ...err].join('\n') };
}

/** What the collector with this login makes and logs; it signs a keyframe of everything when asked. */
async function startKeeping() {
  const access = await connectionOptions({
    ...{ servers: [server.url], namespace: Namespace.parse('fleet') },
    nkey: join(server.login('collector', 'w'), 'user.nk'),
    inboxPrefix: inboxPrefixOf({ role: 'collector', name: 'w' }),
  });
  const opening = { as: 'collector', signal: never, within: 5000, create: false };
  const store = opened.use(await openStore(access, opening));
  const logged: string[] = [];
  const log = {
    ...portsOf(store).log,
    info: (event: string) => void logged.push(event),
    warn: (event: string, fields?: object) =>
      void logged.push(`${event} ${JSON.stringify(fields)}`),
  };
  const ports = { ...portsOf(store), log };
  const { writer } = startKeyframeSigner(ports);
  return { writer, logged, settle: () => quiet(store) };
}

async function limits() {
  const connection = await connectAs(server, 'auditor', 'auditor');
  const info = await connection.request(`$JS.API.STREAM.INFO.${auditStream}`);
  await connection.close();
  const { max_age, max_bytes, discard } = info.json<{ config: Record<string, unknown> }>().config;
  return { max_age, max_bytes, discard };
}

const none = { max_age: 0, max_bytes: -1, discard: 'new' };
const ninetyDays = { max_age: 90 * 24 * 3_600_000_000_000, max_bytes: -1, discard: 'new' };

beforeAll(async () => {
  server = opened.use(
    await startAccessServer(['collector w', 'operator operator', 'auditor auditor']),
  );
  await run('deploy', 'namespace', 'create');
});
afterAll(() => opened.disposeAsync());

it('the deploy login sets the limits of the policy, and no collector can, which log and doctor tell', async () => {
  expect(await run('deploy', 'audit', 'limit')).toMatchObject({
    text: expect.stringContaining('there is no policy'),
  });
  const { writer, logged, settle } = await startKeeping();
  await settle();
  const set = await run('operator', 'policy', 'set', 'retention.maxAge=90d');
  const differ = 'the policy says retention.maxAge=90d, the history still has no limit';
  expect(set.text).toContain(differ);
  for (const words of [['--dry-run'], [], ['--yes'], ['--json']]) {
    const early = await run('deploy', 'audit', 'limit', ...words);
    expect([words, early.code]).toEqual([words, words.includes('--dry-run') ? 0 : 1]);
    expect(early.text).toContain('there is no signed keyframe');
  }
  expect(await limits()).toEqual(none);

  await writer.look(never);
  await settle();
  await writer.limit();
  expect(logged.join('\n')).toContain('run `rollcall audit limit` with the deploy login');
  expect(await limits()).toEqual(none);
  const before = await run('auditor', 'doctor');
  expect(before.text).toContain(`the history does not have the limits of the policy: ${differ}`);
  expect((await run('auditor', 'policy')).text).toContain(differ);
  expect((await run('operator', 'audit', 'limit')).code).toMatch(/deploy|may not/);
  expect(await limits()).toEqual(none);

  expect(await run('deploy', 'audit', 'limit')).toEqual({
    code: 0,
    text: expect.stringContaining('the history is limited: retention.maxAge=90d'),
  });
  expect(await limits()).toEqual(ninetyDays);
  expect((await run('auditor', 'doctor')).text).not.toContain('the limits of the policy');
  expect((await run('auditor', 'policy')).text).not.toContain('the policy says');

  // A collector that starts after an upgrade finds the limits that its former version set.
  const next = await startKeeping();
  await next.writer.look(never);
  await next.writer.limit();
  expect(next.logged).toContain('history-limited');
  expect(next.logged.join('\n')).not.toContain('history-not-limited');
  expect(await limits()).toEqual(ninetyDays);
  // Neither doctor with the login of an auditor nor a collector asks for what it may not have.
  expect(server.log).not.toContain('Violation');
});
