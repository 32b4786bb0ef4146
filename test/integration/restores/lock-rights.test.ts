import { connect, type NatsConnection } from '@nats-io/transport-node';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Member } from '../../../src/adapters/nats/access/member.ts';
import { rightsOf } from '../../../src/adapters/nats/access/role-rights.ts';
import { RestoreLock } from '../../../src/adapters/nats/backup/restore-lock.ts';
import { subjectNamesOf } from '../../../src/adapters/nats/connection/subject-names.ts';
import type { SupervisedConnection } from '../../../src/adapters/nats/connection/supervised-connection.ts';
import { connectionOptions } from '../../../src/composition/store/access.ts';
import { connectServer } from '../../../src/composition/store/connect-server.ts';
import { Namespace } from '../../../src/domain/identity/names.ts';
import { Attacker } from '../access/support/attacker.ts';
import { FleetAccess } from '../access/support/fleet-access.ts';
import { startConfigured } from '../nats/support/configured-server.ts';

const access = new FleetAccess();
const agent = access.add('agent', 'h1');
const attackers: readonly Member[] = [
  agent,
  access.add('collector', 'w'),
  access.add('operator', 'o'),
  access.add('dashboard', 'page'),
  access.add('auditor', 'a'),
  access.add('consumer', 'c'),
  access.add('collector', 'w', { namespace: Namespace.parse('other') }),
];
/** It may change and delete the streams, so the lock is not tried with it. */
const deploy = access.add('deploy', 'd');
const names = subjectNamesOf(access.namespace);
const { stream, subjectPrefix } = names.restore;
/** The subject of the lock is random; nobody but an administrator can ask for it. */
const subject = `${subjectPrefix}guessed`;
const streams = [names.leases, names.registry, names.keyframes]
  .map((one) => one.stream)
  .concat(names.auditStream);
const never = new AbortController().signal;

let url: string;
/** An administrator of the account with the streams: a restore needs more rights than any role has. */
let admin: NatsConnection;
let restoring: SupervisedConnection;
const opened = new AsyncDisposableStack();

beforeAll(async () => {
  const config = await access.config();
  const streamsOfFleet = /("[^"\n]*fleet[^"\n]*" \{\n +jetstream: enabled\n +users: \[\n)/;
  const user = '      { user: admin, password: admin }\n';
  const server = opened.use(
    await startConfigured((storeDir) => config(storeDir).replace(streamsOfFleet, `$1${user}`)),
  );
  ({ url } = server);
  await using _streams = await access.open(server, deploy, true);
  admin = await connect({ servers: url, user: 'admin', pass: 'admin' });
  opened.defer(() => admin.close());
  const helper = await access.connect(server, agent);
  opened.defer(() => helper.close());
  const forged = { id: 'x', by: 'x', since: 'x', hasEnded: false };
  helper.subscribe(`${names.runPrefix}h1.>`, {
    callback: (_, msg) => void msg.respond(JSON.stringify(forged)),
  });
  await helper.flush();
  const options = { servers: [url], namespace: access.namespace, user: 'admin', password: 'admin' };
  restoring = opened.use(await connectServer(await connectionOptions(options), 'test', never));
});
afterAll(() => opened.disposeAsync());

const ask = async (what: string, request: object = {}) =>
  (await admin.request(`$JS.API.${what}`, JSON.stringify(request))).json<Answer>();
interface Answer {
  readonly created?: string;
  readonly config?: Readonly<Record<string, unknown>>;
  readonly streams?: readonly string[];
  readonly message?: { readonly seq: number; readonly data?: string };
}

/** The lock, and the settings of each stream: another stream could have its subject or copy it. */
async function look() {
  const known = (await ask('STREAM.NAMES')).streams ?? [];
  const settings = await Promise.all(
    known.map(async (one) => {
      const { config, created } = await ask(`STREAM.INFO.${one}`);
      return JSON.stringify([one, created, config]);
    }),
  );
  const { message } = await ask(`STREAM.MSG.GET.${stream}`, { seq: 1, next_by_subj: '>' });
  return { settings: settings.sort(), note: message && `${message.seq} ${message.data}` };
}

/** A subject that this login may publish to. */
const ownSubjects = (member: Member) =>
  rightsOf(member).services.map((one) => one.replaceAll(/[*>]/g, 'x'));

/** Each way to touch the lock; the answers that are no refusals. */
async function attack(attacker: Attacker, member: Member): Promise<readonly string[]> {
  const done: string[] = [];
  const call = async (what: string, request: object | string = {}) => {
    const body = typeof request === 'string' ? request : JSON.stringify(request);
    const answer = await attacker.ask(`$JS.API.${what}`, body);
    if (answer !== '' && !answer.includes('"error"')) done.push(what);
  };
  const lock = { name: stream, subjects: [subject], max_msgs_per_subject: 1 };
  await call(`STREAM.CREATE.${stream}`, lock);
  await call(`STREAM.UPDATE.${stream}`, { ...lock, max_msgs: 1, sealed: true });
  for (const what of ['PURGE', 'DELETE', 'INFO', 'LEADER.STEPDOWN'])
    await call(`STREAM.${what}.${stream}`);
  await call(`STREAM.MSG.DELETE.${stream}`, { seq: 1 });
  await call(`STREAM.MSG.GET.${stream}`, { last_by_subj: subject });
  await call(`DIRECT.GET.${stream}.${subject}`, '');
  await call(`STREAM.SNAPSHOT.${stream}`, { deliver_subject: '_INBOX.x' });
  await call(`STREAM.RESTORE.${stream}`, { config: lock });
  await call(`CONSUMER.CREATE.${stream}.spy.${subject}`, {
    ...{ stream_name: stream, config: { name: 'spy', filter_subject: subject } },
  });
  for (const aliased of [
    { name: 'alias', subjects: [`${subjectPrefix}>`] },
    { name: 'alias', mirror: { name: stream } },
    { name: 'alias', sources: [{ name: stream }] },
    { name: 'alias', subjects: ['alias'], republish: { src: '>', dest: subject } },
  ])
    await call('STREAM.CREATE.alias', aliased);
  await call('STREAM.NAMES');
  await call('STREAM.LIST');
  for (const one of streams) {
    const { config = {} } = await ask(`STREAM.INFO.${one}`);
    const { subjects = [], sources = [] } = config as Partial<Record<string, readonly unknown[]>>;
    for (const change of [
      { subjects: [...subjects, `${subjectPrefix}>`] },
      { sources: [...sources, { name: stream }] },
      { republish: { src: '>', dest: subject } },
      { subject_transform: { src: '>', dest: subject } },
    ])
      await call(`STREAM.UPDATE.${one}`, { ...config, ...change });
    // For the next attacker.
    await ask(`STREAM.UPDATE.${one}`, config);
  }
  const headers = [
    {},
    { 'Nats-Rollup': 'sub' },
    { 'Nats-Rollup': 'all' },
    { 'KV-Operation': 'PURGE' },
    { 'Nats-TTL': '1s' },
    { 'Nats-Batch-Id': 'x', 'Nats-Batch-Sequence': '1', 'Nats-Batch-Commit': '1' },
  ];
  for (const one of headers) await attacker.publish(subject, 'forged', undefined, one);
  for (const mine of ownSubjects(member)) await attacker.publish(mine, 'x', subject);
  // The answer of an agent that works with the attacker would be a note of its choice.
  await attacker.publish(`${names.runPrefix}h1.a.r`, '', subject);
  return done;
}

describe.each(attackers)('with the login of $role $name in $namespace, an attacker', (member) => {
  const tried = async () => {
    const connection = await access.connect({ url }, member);
    try {
      return await attack(new Attacker(connection), member);
    } finally {
      await connection.close();
    }
  };

  it('cannot create the lock of a restore, nor another stream with its subject', async () => {
    const before = await look();
    expect(before.note).toBeUndefined();
    expect(await tried()).toEqual([]);
    expect(await look()).toEqual(before);
  });

  it('cannot read, change, copy or end the lock of a restore at work', async () => {
    const options = { by: 'test', replicas: 1, within: 5000, signal: never };
    const lock = await RestoreLock.take(restoring, names, options);
    const before = await look();
    expect(before.note).toBeDefined();
    expect(await tried()).toEqual([]);
    const after = await look();
    expect(after.settings).toEqual(before.settings);
    const textOf = ({ note = '' }: typeof after) => note.split(' ')[1];
    expect(textOf(after)).toBe(textOf(before));
    await lock.remove();
  });
});

it('the lock that an earlier version made, on a subject that all know, is taken when it has ended', async () => {
  const known = 'rollcall.fleet.restore';
  await ask(`STREAM.CREATE.${stream}`, {
    ...{ name: stream, subjects: [known], max_msgs_per_subject: 1 },
  });
  const note = { id: 'earlier', by: 'earlier', since: 'earlier', hasEnded: true };
  await admin.request(known, JSON.stringify(note));
  const options = { by: 'test', replicas: 1, within: 5000, signal: never };
  const lock = await RestoreLock.take(restoring, names, options);
  const [, text = ''] = (await look()).note?.split(' ') ?? [];
  expect(Buffer.from(text, 'base64').toString()).toContain('"by":"test"');
  await lock.remove();
});
