import { headers } from '@nats-io/transport-node';
import { describe, expect, test } from 'vitest';
import { agentKey, instanceKey } from '../../../src/domain/identity/registry-keys.ts';
import { until } from '../harness/until.ts';
import { withServer } from '../harness/with-server.ts';
import { type Opened, openOn } from '../nats/support/open-store.ts';
import { quiet, specOf, startAgent, verdictOn } from './support/sample-audit.ts';

const context = withServer();

/** A fleet of one agent that has settled. */
async function given() {
  const opened = await openOn([context.server.url]);
  const on = { servers: [context.server.url], namespace: opened.names.namespace };
  const one = await startAgent(on, 'h1/a', ['web/1', 'web/2']);
  const last = await quiet(opened.store);
  const { slot } = one.agent;
  return {
    ...opened,
    one,
    last,
    agent: agentKey(slot),
    instance: instanceKey({ ...slot, ...specOf('web/1') }),
    [Symbol.asyncDispose]: async () => {
      await one.stop();
      await opened[Symbol.asyncDispose]();
    },
  };
}

const lastOf = async ({ store }: Pick<Opened, 'store'>, subject: string) => {
  const found = [];
  for await (const event of store.audit.read(0, [`${subject}.*`])) found.push(event);
  return found.at(-1);
};

async function put({ raw }: Opened, subject: string, text: string): Promise<void> {
  const reply = await raw.request(subject, text, { timeout: 5000, headers: headers() });
  expect(reply.json()).not.toHaveProperty('error');
}

describe('the audit on a real server', () => {
  test('verifies a fleet without tampering', async () => {
    await using opened = await given();
    const { said, notes, last } = await verdictOn(opened.store);
    expect({ said, notes, last }).toEqual({
      said: [],
      notes: {
        ...{ lost: 0, unknownCharts: 0, lostTails: 0, unsigned: 0 },
        ...{
          unsignedEvents: 0,
          clocksApart: 0,
          unsignedKeyframes: 0,
          fromRegistry: 0,
          behind: false,
        },
      },
      last: opened.last,
    });
  });

  test('names a forged event, and the record that contradicts it', async () => {
    await using opened = await given();
    const { names, one, store, agent } = opened;
    const chain = `h1.a.${one.agent.run}`;
    const before = await lastOf(opened, chain);
    const event = JSON.parse(before?.text ?? '{}');
    const forged = { ...event, n: event.n + 1, eventId: 'forged', prev: 'ab'.repeat(32) };
    await put(opened, `${names.eventPrefix}${chain}.${forged.n}`, JSON.stringify(forged));
    await until('the audit has it', async () => (await store.audit.range()).last > opened.last);
    const { said } = await verdictOn(store);
    const seq = opened.last + 1;
    expect(said).toContainEqual(expect.objectContaining({ seq: before?.seq, check: 'hash' }));
    expect(said).toContainEqual(expect.objectContaining({ seq, check: 'from' }));
    expect(said).toContainEqual(expect.objectContaining({ seq, entity: agent, check: 'registry' }));
  });

  test('names both events when one is written in place of another', async () => {
    await using opened = await given();
    const { names, one, store } = opened;
    const chain = `h1.a.${one.agent.run}`;
    const before = await lastOf(opened, chain);
    const event = JSON.parse(before?.text ?? '{}');
    await put(
      opened,
      `${names.eventPrefix}${chain}.${event.n}`,
      JSON.stringify({ ...event, at: 1 }),
    );
    await until('the audit has it', async () => (await store.audit.range()).last > opened.last);
    const { said } = await verdictOn(store);
    expect(said).toContainEqual(
      expect.objectContaining({ seq: opened.last + 1, check: 'repeated' }),
    );
  });

  test('names a message that is not an event by its subject', async () => {
    await using opened = await given();
    const { names, store } = opened;
    await put(opened, `${names.eventPrefix}h1.a.nonsense.1`, 'no event');
    await until('the audit has it', async () => (await store.audit.range()).last > opened.last);
    expect((await verdictOn(store)).said).toEqual([
      expect.objectContaining({
        seq: opened.last + 1,
        entity: 'h1.a.nonsense.1',
        check: 'illegible',
      }),
    ]);
  });

  test('names a changed record, with the event that wrote it', async () => {
    await using opened = await given();
    const { names, store, instance, one } = opened;
    const wrote = await lastOf(opened, `h1.a.${one.agent.run}.web.1`);
    const { text = '{}' } = await store.registry.read(instance);
    const record = { ...JSON.parse(text), address: '10.6.6.6' };
    await put(opened, names.registry.prefix + instance, JSON.stringify(record));
    expect((await verdictOn(store)).said).toEqual([
      expect.objectContaining({ seq: wrote?.seq, entity: instance, check: 'registry' }),
    ]);
  });

  test('names a deleted record, with the event that wrote it', async () => {
    await using opened = await given();
    const { names, store, instance, one, raw } = opened;
    const wrote = await lastOf(opened, `h1.a.${one.agent.run}.web.1`);
    const operation = headers();
    operation.set('KV-Operation', 'DEL');
    await raw.request(names.registry.prefix + instance, '', { headers: operation, timeout: 5000 });
    expect((await verdictOn(store)).said).toEqual([
      expect.objectContaining({
        seq: wrote?.seq,
        entity: instance,
        check: 'registry',
        found: 'no record',
      }),
    ]);
  });
});
