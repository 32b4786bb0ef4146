import { Buffer } from 'node:buffer';
import { randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { until } from '../harness/until.ts';
import { withServer } from '../harness/with-server.ts';
import { type Opened, openOn } from './support/open-store.ts';

const context = withServer();

async function write({ store }: Opened, from: number, to: number, size: number): Promise<void> {
  for (let n = from; n <= to; n += 1) {
    const writes = [{ key: `agent.h.a${n}`, expectedRevision: 0, text: '{}' }];
    const events = [{ subject: `h.a.r.${n}`, text: randomBytes(size / 2).toString('hex') }];
    await store.registry.commit({ writes, events });
  }
  await until('the audit has all', async () => (await store.audit.range()).last === to);
}

/** Makes the reader's consumer one that is there, says so, and sends nothing. */
async function stick({ jsm, raw, names }: Opened): Promise<void> {
  const [consumer] = await jsm.consumers.list(names.auditStream).next();
  if (!consumer) throw new Error('nobody reads');
  const subject = `$JS.API.CONSUMER.PAUSE.${names.auditStream}.${consumer.name}`;
  const body = { pause_until: new Date(Date.now() + 3_600_000).toISOString() };
  const answer = await raw.request(subject, Buffer.from(JSON.stringify(body)));
  expect(answer.json()).toMatchObject({ paused: true });
}

test('a replay continues after its consumer has stopped sending', async () => {
  await using opened = await openOn([context.server.url]);
  await write(opened, 1, 60, 200_000);
  const seen: number[] = [];
  for await (const { seq } of opened.store.audit.read(0)) {
    if (seen.length === 0) await stick(opened);
    seen.push(seq);
  }
  expect(seen).toEqual(Array.from({ length: 60 }, (_, n) => n + 1));
});

test('following the audit continues after its consumer has stopped sending', async () => {
  await using opened = await openOn([context.server.url]);
  await write(opened, 1, 1, 100);
  const stop = new AbortController();
  const seen: number[] = [];
  const following = (async () => {
    for await (const { seq } of opened.store.audit.follow(1, stop.signal)) seen.push(seq);
  })();
  await until('it has the first', () => seen.length === 1);
  await stick(opened);
  await write(opened, 2, 2, 100);
  await until('it has the second', () => seen.length === 2);
  stop.abort();
  await following;
  expect(seen).toEqual([1, 2]);
});
