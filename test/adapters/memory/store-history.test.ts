import { expect, test } from 'vitest';
import { MemoryServer } from '../../../src/adapters/memory/server/memory-server.ts';
import { memoryStore } from '../../../src/adapters/memory/store.ts';
import { VirtualClock } from '../../../src/adapters/memory/time/virtual-clock.ts';
import type { Store } from '../../../src/ports/ports.ts';

const commit = async ({ registry }: Store, name: string): Promise<number> => {
  const outcome = await registry.commit({
    writes: [{ key: `agent.a.${name}`, expectedRevision: 0, text: 'x' }],
    events: [{ subject: `a.b.${name}.1`, text: name }],
  });
  if (outcome.outcome !== 'committed') throw new Error(outcome.outcome);
  return Math.max(...outcome.revisions.values());
};

async function textsOf({ audit }: Store): Promise<readonly string[]> {
  const texts: string[] = [];
  for await (const { text } of audit.read(0)) texts.push(text);
  return texts;
}

test('a registry in memory that lost its tail repeats no revision and loses no later event', async () => {
  const server = new MemoryServer(new VirtualClock());
  const store = memoryStore(server);
  await commit(store, 'before');
  const copy = server.registry.copy();
  const lost = await commit(store, 'lost');
  server.registry.restore(copy);
  expect(await store.audit.losses()).toMatchObject([{ kind: 'registry-lost-tail' }]);
  expect(await commit(store, 'after')).toBeGreaterThan(lost);
  expect(await textsOf(store)).toEqual(['before', 'lost', 'after']);
  const [loss] = await store.audit.losses();
  expect(loss).toMatchObject({ kept: copy.seq, seq: 2 });
  if (loss) await store.audit.settle(loss);
  expect(await store.audit.losses()).toEqual([]);
  expect(await store.audit.tidy()).toBe(1);
});

test('an event in memory that the audit cannot reach is written again', async () => {
  const server = new MemoryServer(new VirtualClock());
  const store = memoryStore(server);
  await commit(store, 'first');
  // As a process writes that does not repair the registry first.
  const copy = server.registry.copy();
  await commit(store, 'second');
  await commit(store, 'third');
  server.registry.restore(copy);
  server.registry.append('event.a.b.foreign.1', 'foreign');
  await commit(store, 'fourth');
  expect(await store.audit.tidy()).toBeGreaterThan(0);
  expect(await textsOf(store)).toEqual(['first', 'second', 'third', 'fourth', 'foreign']);
});

test('an outbox in memory keeps an event that the audit lacks', async () => {
  const server = new MemoryServer(new VirtualClock());
  const store = memoryStore(server);
  await commit(store, 'first');
  const copy = server.registry.copy();
  await commit(store, 'second');
  await commit(store, 'third');
  server.registry.restore(copy);
  server.registry.append('event.a.b.foreign.1', 'foreign');
  await commit(store, 'fourth');
  // As if somebody had taken the loss for settled before the event was written again.
  for (const loss of await store.audit.losses()) await store.audit.settle(loss);
  await store.audit.tidy();
  expect(server.registry.last('event.a.b.foreign.1')?.text).toBe('foreign');
});
