import { type Attack, own } from './attack.ts';
import type { AttackedFleet } from './attacked-fleet.ts';
import type { Attacker } from './attacker.ts';

/** Attacks by what a message carries: headers and subjects that the server gives a meaning. */
export const messageAttacks: readonly Attack[] = [
  {
    what: 'let the server write the key of another later (a schedule on an own key)',
    async run(attacker, fleet) {
      const at = `@at ${new Date(Date.now() - 1000).toISOString()}`;
      for (const target of fleet.victims) {
        const scheduled = { 'Nats-Schedule': at, 'Nats-Schedule-Target': target };
        await onOwnKeys(attacker, fleet, scheduled);
      }
      return undefined;
    },
  },
  {
    what: 'let the server write its trace of a message under the key of another',
    async run(attacker, fleet) {
      for (const target of [...fleet.victims, fleet.inbox]) {
        await onOwnKeys(attacker, fleet, { 'Nats-Trace-Dest': target });
        await onOwnKeys(attacker, fleet, { 'Nats-Trace-Dest': target, 'Nats-Trace-Only': 'true' });
      }
      return undefined;
    },
  },
  {
    what: 'change the order of the audit by a forged origin of an own event',
    async run(attacker, { names }) {
      const forged = `${names.registry.stream} 99999999999 a b c`;
      const more = { 'Nats-Stream-Source': forged };
      const answer = await attacker.ask(`${names.eventPrefix}h1.a.r.9`, 'forged', more);
      return answer === '' || answer.includes('10227') ? undefined : answer;
    },
  },
  {
    what: 'count up the key of another, or an own one (Nats-Incr)',
    async run(attacker, fleet) {
      for (const subject of fleet.victims) {
        await attacker.publish(subject, '', undefined, { 'Nats-Incr': '1' });
      }
      const { prefix } = fleet.names.registry;
      const answer = await attacker.ask(`${prefix}agent.h1.a`, '', { 'Nats-Incr': '1' });
      return answer === '' || answer.includes('counters is disabled') ? undefined : answer;
    },
  },
  {
    what: 'suppress an event of another as a repetition (its message id)',
    async run(attacker, fleet) {
      const ids = ['1', 'h2.a.r.2', `${fleet.names.eventPrefix}h2.a.r.2`];
      for (const id of ids) await onOwnKeys(attacker, fleet, { 'Nats-Msg-Id': id });
      return fleet.losesAnEvent();
    },
  },
  {
    what: 'stop the copies of events into the audit by headers of own events',
    async run(attacker, fleet) {
      const all: Readonly<Record<string, string>>[] = [
        { 'Nats-TTL': '1s' },
        { 'Nats-Required-Api-Level': '99' },
        { 'Nats-Marker-Reason': 'MaxAge' },
        { 'Nats-Expected-Last-Sequence': '1' },
        { 'Nats-Schedule-Target': fleet.inbox },
        { 'KV-Operation': 'PURGE' },
      ];
      for (const more of all) await onOwnKeys(attacker, fleet, more);
      await attacker.ask(`${fleet.names.eventPrefix}h1.a.r.8`, 'x'.repeat(1024 * 1024 - 500));
      return fleet.losesAnEvent();
    },
  },
  {
    what: 'acknowledge, continue or answer the flow control of a consumer of another',
    async run(attacker, { streams }) {
      for (const stream of streams) {
        for (const call of ['MSG.NEXT', 'PAUSE', 'UNPIN', 'RESET', 'LEADER.STEPDOWN']) {
          const answer = await attacker.ask(`$JS.API.CONSUMER.${call}.${stream}.any`, '{}');
          if (answer !== '') return `${call}: ${answer}`;
        }
        await attacker.publish(`$JS.ACK.${stream}.any.1.1.1.1.0`, '+TERM');
        await attacker.publish(`$JS.FC.${stream}.any.id`, '');
      }
      return undefined;
    },
  },
  {
    what: 'find services of others ($SRV)',
    async run(attacker) {
      for (const subject of ['$SRV.PING', '$SRV.INFO', '$SRV.STATS']) {
        const answer = await attacker.ask(subject);
        if (answer !== '') return answer;
      }
      return undefined;
    },
  },
];

async function onOwnKeys(
  attacker: Attacker,
  fleet: AttackedFleet,
  more: Readonly<Record<string, string>>,
): Promise<void> {
  for (const subject of own(fleet)) attacker.send(subject, 'x', more);
  await attacker.connection.flush();
}
