import type { Role } from '../../../../src/adapters/nats/access/member.ts';
import { type Attack, own, readers } from './attack.ts';
import { type AttackedFleet, secret } from './attacked-fleet.ts';
import type { Attacker } from './attacker.ts';
import { messageAttacks } from './message-attacks.ts';

const planners: readonly Role[] = ['operator', 'dashboard'];

const isPlanned = (subject: string) => /\.(hold|drain|policy)(\.|$)|=(fleet|drain)\./.test(subject);

/** Every attack of the table in docs/security.md. */
export const attacks: readonly Attack[] = [
  {
    what: 'write the keys of others',
    async run(attacker, { victims }) {
      for (const subject of victims) {
        if (!isPlanned(subject)) await attacker.publish(subject, 'forged');
      }
      return undefined;
    },
  },
  {
    what: 'write holds, drains, the policy and acknowledgements of losses',
    right: planners,
    async run(attacker, { victims }) {
      for (const subject of victims.filter(isPlanned)) await attacker.publish(subject, 'forged');
      return undefined;
    },
  },
  {
    what: 'delete the keys of others',
    async run(attacker, { victims }) {
      for (const subject of victims) {
        if (isPlanned(subject)) continue;
        await attacker.publish(subject, '', undefined, { 'KV-Operation': 'PURGE' });
        await attacker.publish(subject, '', undefined, { 'Nats-Rollup': 'sub' });
      }
      return undefined;
    },
  },
  {
    what: 'delete a whole stream by a rollup on an own key',
    async run(attacker, fleet) {
      for (const subject of own(fleet)) {
        await attacker.publish(subject, 'x', undefined, { 'Nats-Rollup': 'all' });
      }
      return undefined;
    },
  },
  {
    what: 'write a batch of own keys and keys of others',
    async run(attacker, fleet) {
      const { registry } = fleet.names;
      const part = (n: string) => ({ 'Nats-Batch-Id': 'mixed', 'Nats-Batch-Sequence': n });
      await attacker.publish(`${registry.prefix}agent.h1.a`, 'x', undefined, part('1'));
      await attacker.publish(`${registry.prefix}agent.h2.a`, 'forged', undefined, part('2'));
      const last = { ...part('3'), 'Nats-Batch-Commit': '1' };
      const answer = await attacker.ask(`${registry.prefix}agent.h1.a`, 'x', last);
      return answer.includes('"count":3') ? answer : undefined;
    },
  },
  {
    what: 'change, purge or delete streams',
    async run(attacker, { streams }) {
      for (const stream of streams) {
        const config = JSON.stringify({ name: stream, max_msgs: 1, subjects: [] });
        const calls: readonly (readonly [string, string])[] = [
          [`STREAM.UPDATE.${stream}`, config],
          [`STREAM.PURGE.${stream}`, ''],
          [`STREAM.MSG.DELETE.${stream}`, '{"seq":1}'],
          [`STREAM.SNAPSHOT.${stream}`, '{"deliver_subject":"_INBOX.x"}'],
          [`STREAM.LEADER.STEPDOWN.${stream}`, ''],
          [`STREAM.DELETE.${stream}`, ''],
          ['STREAM.CREATE.other', '{"name":"other","subjects":["rollcall.>"]}'],
          ['STREAM.CREATE.copy', `{"name":"copy","mirror":{"name":"${stream}"}}`],
          ['STREAM.CREATE.copy', `{"name":"copy","sources":[{"name":"${stream}"}]}`],
          [`STREAM.PURGE.${stream}`, '{"filter":">"}'],
          ['STREAM.RESTORE.other', '{}'],
          ['STREAM.LIST', ''],
          ['ACCOUNT.PURGE.rollcall-fleet', ''],
        ];
        for (const [call, body] of calls) {
          const answer = await attacker.ask(`$JS.API.${call}`, body);
          if (answer !== '') return `${call}: ${answer}`;
        }
      }
      return undefined;
    },
  },
  {
    what: 'make the server store its acknowledgement under the key of another (reply subject)',
    async run(attacker, fleet) {
      for (const subject of own(fleet)) {
        for (const victim of fleet.victims) await attacker.publish(subject, 'x', victim);
      }
      return undefined;
    },
  },
  {
    what: 'make the server call its own API by a reply subject',
    async run(attacker, fleet) {
      for (const subject of own(fleet)) {
        for (const stream of fleet.streams) {
          await attacker.publish(subject, '{}', `$JS.API.STREAM.PURGE.${stream}`);
          await attacker.publish(subject, '{}', `$JS.API.STREAM.DELETE.${stream}`);
        }
      }
      return undefined;
    },
  },
  {
    what: 'write to the inbox or the run subject of another',
    async run(attacker, { inbox, names }) {
      await attacker.publish(inbox, 'forged');
      await attacker.publish(`${names.runPrefix}h2.a.r`, 'expired');
      return undefined;
    },
  },
  {
    what: 'overhear the inbox and the run subject of another, or answer for it',
    async run(attacker, fleet) {
      const { inbox, names } = fleet;
      const subjects = [
        inbox,
        `${inbox.split('.')[0]}.>`,
        `${names.runPrefix}h2.>`,
        '_R_.>',
        '>',
        `${names.registry.prefix}>`,
      ];
      const heard = await attacker.overhear(subjects, () => fleet.pingVictim());
      fleet.received.length = 0;
      return heard.length > 0 ? `heard ${heard.join(', ')}` : undefined;
    },
  },
  {
    what: 'let a consumer deliver to the inbox, the run or a key of another, or to the API of the server',
    async run(attacker, fleet) {
      // Heartbeats, and records without their bodies, would be valid requests of the API.
      const calls = fleet.streams.flatMap((stream) =>
        ['PURGE', 'DELETE'].map((call) => `$JS.API.STREAM.${call}.${stream}`),
      );
      const targets = [fleet.inbox, `${fleet.names.runPrefix}h2.a.r`, ...fleet.victims, ...calls];
      for (const [index, target] of targets.entries()) {
        await createConsumer(attacker, fleet, `x${index}`, target);
        const empty = { headers_only: true, idle_heartbeat: 100_000_000 };
        await createConsumer(attacker, fleet, `e${index}`, target, empty);
      }
      await new Promise((resolve) => setTimeout(resolve, 250));
      return undefined;
    },
  },
  {
    what: 'let a consumer deliver to the inbox of another reader, whose random name it knows',
    open: Object.fromEntries(
      readers.map((role) => [
        role,
        'no permission restricts where the body of a request lets a consumer deliver',
      ]),
    ),
    async run(attacker, fleet) {
      await createConsumer(attacker, fleet, 'y', fleet.readersInbox);
      await new Promise((resolve) => setTimeout(resolve, 100));
      await attacker.ask(`$JS.API.CONSUMER.DELETE.${fleet.names.registry.stream}.y`);
      return undefined;
    },
  },
  {
    what: 'make consumers without end',
    right: readers,
    async run(attacker, fleet) {
      const before = await fleet.consumers();
      for (let n = 0; n < 5; n += 1) await createConsumer(attacker, fleet, `many${n}`, '_INBOX.x');
      return (await fleet.consumers()) > before ? 'consumers were made' : undefined;
    },
  },
  {
    what: 'read the records of others',
    right: readers,
    async run(attacker, { names }) {
      const { stream, prefix } = names.registry;
      return firstSecret(attacker, [
        [`STREAM.MSG.GET.${stream}`, `{"last_by_subj":"${prefix}agent.h2.a"}`],
        [`DIRECT.GET.${stream}`, `{"last_by_subj":"${prefix}agent.h2.a"}`],
        [`DIRECT.GET.${stream}`, `{"multi_last":["${prefix}>"]}`],
        [`DIRECT.GET.${stream}.${prefix}agent.h2.a`, ''],
        ...[
          `{"last_by_subj":"${prefix}agent.h2.a"}`,
          `{"multi_last":["${prefix}>"]}`,
          `{"multi_last":["${prefix}>"],"up_to_seq":9}`,
          `{"next_by_subj":"${prefix}agent.h2.>","seq":1,"batch":9}`,
          `{"seq":1,"batch":9}`,
        ].map((body) => [`DIRECT.GET.${stream}.${prefix}agent.h1.a`, body] as const),
        [`DIRECT.GET.${stream}.${prefix}agent.*.a`, ''],
        [`DIRECT.GET.${stream}.${prefix}>`, ''],
        [
          `STREAM.MSG.GET.${names.leases.stream}`,
          `{"last_by_subj":"${names.leases.prefix}seat.1"}`,
        ],
      ]);
    },
  },
  {
    what: 'read the audit',
    right: ['operator', 'auditor', 'dashboard'],
    async run(attacker, { names }) {
      const { auditStream: stream, auditPrefix } = names;
      return firstSecret(attacker, [
        [`STREAM.MSG.GET.${stream}`, '{"seq":1}'],
        [`DIRECT.GET.${stream}`, '{"seq":1}'],
        [`DIRECT.GET.${stream}.${auditPrefix}h2.a.r.1`, ''],
        [`CONSUMER.CREATE.${stream}.spy`, `{"stream_name":"${stream}","config":{"name":"spy"}}`],
      ]);
    },
  },
  {
    what: 'list the keys of others',
    right: readers,
    async run(attacker, { streams }) {
      for (const stream of streams) {
        const answer = await attacker.ask(
          `$JS.API.STREAM.INFO.${stream}`,
          '{"subjects_filter":">"}',
        );
        if (answer.includes('h2')) return answer;
      }
      return undefined;
    },
  },
  {
    what: 'delete the consumer of another whose name it does not know',
    async run(attacker, { streams }) {
      for (const stream of streams) {
        for (const call of ['LIST', 'NAMES']) {
          const answer = await attacker.ask(`$JS.API.CONSUMER.${call}.${stream}`, '{}');
          if (answer !== '') return answer;
        }
      }
      return undefined;
    },
  },
  {
    what: 'publish a chart or a keyframe',
    async run(attacker, { names }) {
      for (const key of ['chart.run.abc', 'chart.run.new', 'frame.2', 'chunk.1.x.1']) {
        await attacker.publish(names.keyframes.prefix + key, 'forged');
      }
      return undefined;
    },
  },
  {
    what: 'forge a disconnect advisory, or ask the system account about others',
    async run(attacker, { names }) {
      await attacker.publish(`$SYS.ACCOUNT.rollcall-${names.namespace}.DISCONNECT`, '{}');
      // A login may ask about itself, and a collector about its account: the answer has nothing of the victims.
      const victims = ['', '-agent-h2'].map((one) => `"rollcall-${names.namespace}${one}"`);
      for (const subject of ['$SYS.REQ.ACCOUNT.PING.CONNZ', '$SYS.REQ.USER.INFO']) {
        const answer = await attacker.ask(subject, '{}');
        if (victims.some((account) => answer.includes(account))) return `${subject}: ${answer}`;
      }
      for (const subject of [
        '$SYS.REQ.SERVER.PING',
        `$SYS.REQ.ACCOUNT.rollcall-${names.namespace}.CONNZ`,
      ]) {
        const answer = await attacker.ask(subject, '{}');
        if (answer !== '') return `${subject}: ${answer.slice(0, 80)}`;
      }
      return undefined;
    },
  },
  {
    what: 'take a message into the batch of another whose id it does not know',
    async run(attacker, fleet) {
      const batch = await fleet.openBatch('a-random-id');
      const guess = {
        'Nats-Batch-Id': 'another-id',
        'Nats-Batch-Sequence': '2',
        'Nats-Batch-Commit': '1',
      };
      for (const subject of own(fleet)) await attacker.ask(subject, 'x', guess);
      const answer = await batch.commit();
      return answer.includes('"count":2') ? undefined : `the batch was disturbed: ${answer}`;
    },
  },
  ...messageAttacks,
];

async function firstSecret(
  attacker: Attacker,
  calls: readonly (readonly [call: string, body: string])[],
): Promise<string | undefined> {
  const encoded = Buffer.from(`{"text":"${secret}"}`).toString('base64');
  for (const [call, body] of calls) {
    const answer = await attacker.ask(`$JS.API.${call}`, body);
    if (answer.includes(secret) || answer.includes(encoded)) return `${call} ${body}`;
    if (call.startsWith('CONSUMER') && answer.includes('"name"')) return call;
  }
  return undefined;
}

async function createConsumer(
  attacker: Attacker,
  { names }: AttackedFleet,
  name: string,
  deliverTo: string,
  more: object = {},
): Promise<void> {
  const { stream, prefix } = names.registry;
  const config = {
    name,
    deliver_subject: deliverTo,
    ack_policy: 'none',
    deliver_policy: 'all',
    filter_subject: `${prefix}>`,
    inactive_threshold: 1_000_000_000,
    mem_storage: true,
    ...more,
  };
  const body = JSON.stringify({ stream_name: stream, config });
  await attacker.ask(`$JS.API.CONSUMER.CREATE.${stream}.${name}.${prefix}>`, body);
}
