import { hash } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { sampleFile } from '../../../../src/cli/session/dashboard-assets.ts';
import { historyFile } from '../../../../src/composition/files.ts';
import type { Source } from '../../../../src/dashboard/server/history/live-source.ts';
import { openRecording } from '../../../../src/dashboard/server/history/recorded-source.ts';
import { causesOf } from '../../../../src/dashboard/server/routes/causes.ts';
import { explain } from '../../../../src/dashboard/server/routes/explain.ts';
import { type AuditEntry, parseAuditEvent } from '../../../../src/domain/events/audit-entry.ts';
import { apiOf, fetched, served } from '../support/test-server.ts';

let source: Source;
let all: readonly AuditEntry[] = [];
let server: Awaited<ReturnType<typeof served>>;
beforeAll(async () => {
  source = await openRecording('a sample', historyFile(sampleFile));
  const read: AuditEntry[] = [];
  for await (const stored of source.history.read(1)) {
    const one = parseAuditEvent(stored, (text) => hash('sha256', text));
    if (one.kind === 'event') read.push(one);
  }
  all = read;
  server = await served(apiOf(source));
});
afterAll(() => server[Symbol.asyncDispose]());

test('the causes of an event are the event that it names and all events that name it', async () => {
  let [causes, led] = [0, 0];
  for (const { seq, hash: own, event } of all) {
    const found = await causesOf(source, seq);
    const cause = all.find((one) => one.hash === event.cause);
    const effects = all.filter((one) => one.event.cause === own);
    expect(found.cause?.seq).toBe(cause?.seq);
    expect(found.led.map((one) => one.seq)).toEqual(effects.map((one) => one.seq));
    expect(found).toMatchObject({ seq, far: false, more: 0 });
    if (cause) causes += 1;
    led += effects.length;
  }
  expect(causes).toBeGreaterThan(20);
  expect(led).toBe(causes);
});

test('a removal has the expiry that led to it as its cause, with its author', async () => {
  const removed = all.find(({ event }) => event.event.type === 'removed' && event.cause);
  const { cause } = await causesOf(source, removed?.seq ?? 0);
  expect(cause).toMatchObject({ type: 'expired', entity: { entity: 'run' } });
  const answered = await fetched(server.url, `/api/causes/${removed?.seq}`);
  expect([answered.status, JSON.parse(answered.text).cause]).toEqual([200, cause]);
});

test.each([
  ['/api/causes/999999', 404],
  ['/api/causes/0', 404],
  ['/api/causes/', 400],
  ['/api/causes/-1', 400],
  ['/api/causes/1e3', 400],
])('%s: %i', async (path, status) => {
  expect((await fetched(server.url, path)).status).toBe(status);
});

test('a guard is answered by what the entity went through before', async () => {
  const lapsed = all.find(({ event }) => event.of.entity === 'session' && event.to === 'lapsed');
  if (!lapsed) throw new Error('nobody lapsed in the sample');
  const entity = JSON.stringify(lapsed.event.of);
  const { next, unsure } = await explain(source, entity, lapsed.seq);
  const back = next.filter(({ event }) => event === 'regranted');
  expect(back.map(({ targets, holds }) => [targets, holds])).toEqual([
    [['session.serving'], true],
    [['session.reconciling'], null],
  ]);
  expect(unsure).toBe(false);
});

test('an ended entity is explained as one without further transitions', async () => {
  const removed = all.find(({ event }) => event.of.entity === 'run' && event.to === 'gone');
  if (!removed) throw new Error('no run is gone in the sample');
  const { of } = removed.event;
  const over = { state: 'gone', next: [], unsure: false };
  expect(await explain(source, JSON.stringify(of), undefined)).toEqual(over);
  expect(await explain(source, JSON.stringify(of), removed.seq)).toEqual(over);
  const before = await explain(source, JSON.stringify(of), removed.seq - 1);
  expect([before.state, before.next.length > 0]).toEqual(['expired', true]);
  // The session ended with its run, without a record of how the process ended.
  const session = JSON.stringify({ ...of, entity: 'session' });
  expect((await explain(source, session, undefined)).next).toEqual([]);
});

test('an entity that does not exist yet has no explanation', async () => {
  const started = all.find(({ event }) => event.of.entity === 'run');
  const entity = JSON.stringify(started?.event.of);
  const asked = explain(source, entity, (started?.seq ?? 0) - 1);
  await expect(asked).rejects.toMatchObject({ code: 'not-found' });
});
