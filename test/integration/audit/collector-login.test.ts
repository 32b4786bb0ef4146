import type { NatsConnection } from '@nats-io/transport-node';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { randomId } from '../../../src/adapters/nats/connection/random-id.ts';
import { subjectNamesOf } from '../../../src/adapters/nats/connection/subject-names.ts';
import { Attacker } from '../access/support/attacker.ts';
import { type AccessServers, FleetAccess } from '../access/support/fleet-access.ts';
import { until } from '../harness/until.ts';

// A stolen login of a collector, alone or with that of an agent. It may write all records, but not the history.
const access = new FleetAccess();
const collector = access.add('collector', 'w');
const agent = access.add('agent', 'h1');
const deploy = access.add('deploy', 'd');
const { auditStream, registry, keyframes, leases, eventPrefix, runPrefix } = subjectNamesOf(
  access.namespace,
);
const events = 5;

let server: AccessServers;
let attacker: Attacker;
let judge: Attacker;
/** With an agent that answers what the attacker wants. */
let helper: NatsConnection;
let answer = '';
const opened = new AsyncDisposableStack();

beforeAll(async () => {
  server = opened.use(await access.start());
  const connect = async (member: typeof collector) => {
    const connection = await access.connect(server, member);
    opened.defer(() => connection.close());
    return connection;
  };
  attacker = new Attacker(await connect(collector));
  judge = new Attacker(await connect(deploy));
  helper = await connect(agent);
  helper.subscribe(`${runPrefix}h1.>`, { callback: (_, msg) => void msg.respond(answer) });
  await helper.flush();
  for (let n = 1; n <= events; n += 1) await attacker.ask(`${eventPrefix}h1.a.r.${n}`, 'event');
  await until('the audit has all events', async () => (await look()).state.messages === events);
});
afterAll(() => opened.disposeAsync());
beforeEach(async () => {
  before = await look();
});

interface Audit {
  readonly created: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly state: { readonly messages: number; readonly first_seq: number };
}
let before: Audit;

async function look(): Promise<Audit> {
  const info = JSON.parse(await judge.ask(`$JS.API.STREAM.INFO.${auditStream}`)) as Audit;
  const { created, config, state } = info;
  const { messages, first_seq } = state;
  return { created, config, state: { messages, first_seq } };
}

/** Settings that destroy the history at once or later, stop it, or send it elsewhere. */
const harmful: readonly object[] = [
  { max_msgs: 1, discard: 'old' },
  { max_age: 1_000_000_000 },
  { max_bytes: 100, discard: 'old' },
  { max_msgs_per_subject: 1 },
  { sources: [] },
  { subjects: ['rollcall.fleet.restore.>'], sources: [] },
  { deny_delete: false, deny_purge: false },
  { sealed: true },
  { republish: { src: '>', dest: 'copy.>' } },
];

/** Each call that changes or removes the history, with its body. */
const calls = (config: object): readonly (readonly [string, string])[] => [
  ...harmful.map((one) => ['UPDATE', JSON.stringify({ ...config, ...one })] as const),
  ['PURGE', ''],
  ['PURGE', '{"keep":1}'],
  ['DELETE', ''],
  ['MSG.DELETE', '{"seq":1}'],
  ['LEADER.STEPDOWN', ''],
  ['SNAPSHOT', '{"deliver_subject":"_INBOX.x"}'],
  ['RESTORE', '{}'],
];
const targetOf = (call: string) => `$JS.API.STREAM.${call}.${auditStream}`;

it('cannot change the settings of the history, or remove it', async () => {
  for (const [call, body] of calls(before.config)) {
    expect({ call, body, got: await attacker.ask(targetOf(call), body) }).toMatchObject({
      got: '',
    });
    expect(await look()).toEqual(before);
  }
});

it('cannot let a JetStream consumer deliver such a call to the API', async () => {
  const key = `${keyframes.prefix}call`;
  for (const [call, body] of calls(before.config)) {
    expect(await attacker.ask(key, body)).toContain('"seq"');
    const name = randomId();
    const config = {
      ...{ name, deliver_subject: targetOf(call), filter_subject: key },
      ...{ ack_policy: 'none', deliver_policy: 'last', mem_storage: true },
    };
    const create = `$JS.API.CONSUMER.CREATE.${keyframes.stream}.${name}.${key}`;
    const made = { stream_name: keyframes.stream, config };
    expect(await attacker.ask(create, JSON.stringify(made))).toContain('"created"');
  }
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(await look()).toEqual(before);
});

it('cannot let an agent answer such a call to the API, nor the server acknowledge to it', async () => {
  for (const [call, body] of calls(before.config)) {
    answer = body;
    await attacker.publish(`${runPrefix}h1.a.r`, '', targetOf(call));
    await attacker.publish(`${leases.prefix}run.h1.a.r`, 'x', targetOf(call));
    await attacker.publish(`${registry.prefix}agent.h1.a`, 'x', targetOf(call));
    await attacker.connection.flush();
    await helper.flush();
  }
  await new Promise((resolve) => setTimeout(resolve, 300));
  expect(await look()).toEqual(before);
});
