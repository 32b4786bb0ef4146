import { setTimeout as sleep } from 'node:timers/promises';
import { connect, headers } from '@nats-io/transport-node';
import { namesOf } from '../../src/adapters/nats/names.ts';
import { openNatsStore } from '../../src/adapters/nats/store.ts';
import { Namespace } from '../../src/domain/names.ts';
import type { Bucket, Subject } from './subject.ts';

let opened = 0;

/** The NATS store in a namespace of its own; the server is the test file's. */
export async function openNats(url: string, replicas = 1): Promise<Subject> {
  opened += 1;
  const namespace = Namespace.parse(`contract-${opened}`);
  const names = namesOf(namespace);
  const client = () => openNatsStore({ servers: [url], namespace, name: 'contract', replicas });
  const store = await client();
  const tool = await connect({ servers: url });
  const write = async (bucket: Bucket, key: string, text: string, operation?: string) => {
    const own = headers();
    if (operation !== undefined) own.set('KV-Operation', operation);
    const reply = await tool.request(names[bucket].prefix + key, text, {
      timeout: 5000,
      headers: own,
    });
    const { error } = reply.json<{ error?: { description: string } }>();
    if (error !== undefined) throw new Error(error.description);
  };
  const destroy = async (stream: string) => {
    await tool.request(`$JS.API.STREAM.DELETE.${stream}`, '', { timeout: 5000 });
  };
  return {
    store,
    other: client,
    put: (bucket, key, text) => write(bucket, key, text),
    remove: (bucket, key) => write(bucket, key, '', 'DEL'),
    elapse: (duration) => sleep(duration),
    async [Symbol.asyncDispose]() {
      await store[Symbol.asyncDispose]();
      for (const stream of [names.auditStream, names.registry.stream, names.leases.stream]) {
        await destroy(stream);
      }
      await tool.close();
    },
  };
}
