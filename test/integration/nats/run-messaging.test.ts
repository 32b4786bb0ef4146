import { expect, test } from 'vitest';
import { runSubject } from '../../../src/domain/events/event-subjects.ts';
import { AgentName, HostId, RunId } from '../../../src/domain/identity/names.ts';
import { until } from '../harness/until.ts';
import { withServer } from '../harness/with-server.ts';
import { openOn } from './support/open-store.ts';

const context = withServer();

const run = {
  host: HostId.parse('a'),
  agent: AgentName.parse('b'),
  run: RunId.parse('run12345'),
};
const pong = { lag: 1, state: 'serving' };
const responder = { pong: () => pong, onNotice: () => undefined };

test('a run replies only to an inbox, so that no client can write through it (B9)', async () => {
  await using opened = await openOn([context.server.url]);
  const { store, names, raw } = opened;
  const subject = names.runPrefix + runSubject(run);
  await using _answering = await store.messaging.serve(run, responder);
  expect(await store.messaging.ping(run, 1000)).toEqual(pong);
  const record = `${names.registry.prefix}agent.other.b`;
  for (const reply of [record, '_INBOX', 'MY_INBOX.x', '$JS.API.STREAM.PURGE.x']) {
    raw.publish(subject, '', { reply });
  }
  const inbox = '_INBOX_mine.abc';
  const heard: string[] = [];
  raw.subscribe(inbox, { callback: (_, msg) => void heard.push(msg.string()) });
  raw.publish(subject, '', { reply: inbox });
  await until('the inbox has an answer', () => heard.length === 1);
  expect(JSON.parse(heard[0] ?? '')).toEqual(pong);
  expect(await store.registry.read('agent.other.b')).toMatchObject({ revision: 0 });
});

test('a message that is neither a ping nor a notice is ignored', async () => {
  await using opened = await openOn([context.server.url]);
  const { store, names, raw } = opened;
  const told: string[] = [];
  await using _answering = await store.messaging.serve(run, {
    pong: () => pong,
    onNotice: (notice) => void told.push(notice),
  });
  const subject = names.runPrefix + runSubject(run);
  // `raw` is another connection: the run must be subscribed before it publishes.
  expect(await store.messaging.ping(run, 1000)).toEqual(pong);
  for (const text of ['', 'nonsense', 'suspected!', 'expired']) raw.publish(subject, text);
  await raw.flush();
  expect(await store.messaging.ping(run, 1000)).toEqual(pong);
  expect(told).toEqual(['expired']);
});

test.each([
  ['says nothing', undefined],
  ['sends an unreadable reply', 'nonsense'],
  ['sends half a reply', '{"lag":1}'],
])('a subscriber that %s counts as no answer', async (_, text) => {
  await using opened = await openOn([context.server.url]);
  const { store, names, raw } = opened;
  raw.subscribe(names.runPrefix + runSubject(run), {
    callback: (_error, msg) => {
      if (text !== undefined) msg.respond(text);
    },
  });
  await raw.flush();
  expect(await store.messaging.ping(run, 300)).toBe('no-answer');
});
