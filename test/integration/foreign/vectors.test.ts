import { readFile } from 'node:fs/promises';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect, type NatsConnection, headers as newHeaders } from '@nats-io/transport-node';
import { expect, it } from 'vitest';
import { subjectNamesOf } from '../../../src/adapters/nats/connection/subject-names.ts';
import { Namespace } from '../../../src/domain/identity/names.ts';
import type { LifeVectors } from '../../../tools/docs/vectors/life.ts';
import type { VectorMessage } from '../../../tools/docs/vectors/life-writer.ts';
import { TestFleet } from '../harness/fleet.ts';
import { withServer } from '../harness/with-server.ts';

const world = withServer();
const file = new URL('../../../docs/vectors/life.json', import.meta.url);

function headersOf(message: VectorMessage) {
  const all = newHeaders();
  for (const [name, value] of message.headers) all.append(name, value);
  return all;
}

/** Sends the messages of a step; the last one is acknowledged. */
async function send(nats: NatsConnection, messages: readonly VectorMessage[]): Promise<unknown> {
  for (const message of messages.slice(0, -1)) {
    nats.publish(message.subject, message.payload, { headers: headersOf(message) });
  }
  const last = messages.at(-1);
  if (!last) throw new Error('a step has messages');
  const reply = await nats.request(last.subject, last.payload, {
    headers: headersOf(last),
    timeout: 5000,
  });
  return reply.json();
}

it('a server stores the bytes of the vectors at the revisions in them, and the history verifies', async () => {
  const life: LifeVectors = JSON.parse(await readFile(file, 'utf8'));
  const nats = await connect({ servers: world.server.url });
  try {
    // The namespace, with a registry that begins where that of the vectors does.
    await using fleet = await TestFleet.open(world.server.url, 1, life.namespace);
    const { registry, auditStream } = subjectNamesOf(Namespace.parse(life.namespace));
    const manager = await jetstreamManager(nats);
    const { config } = await manager.streams.info(registry.stream);
    const audit = (await manager.streams.info(auditStream)).config;
    await manager.streams.delete(auditStream);
    await manager.streams.delete(registry.stream);
    await manager.streams.add({ ...config, first_seq: 1001 });
    await manager.streams.add(audit);

    for (const { does, messages } of life.steps) {
      const last = messages.at(-1);
      const count = messages.length > 1 ? { count: messages.length } : {};
      expect(await send(nats, messages), does).toMatchObject({ seq: last?.revision, ...count });
    }
    const verify = fleet.start(['audit', 'verify']);
    expect(await verify.exited, JSON.stringify(verify.lines)).toBe(0);
    expect(verify.lines.at(-1)).toMatchObject({ events: 12 });
  } finally {
    await nats.close();
  }
});
