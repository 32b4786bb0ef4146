import { expect, test } from 'vitest';
import { subjectNamesOf } from '../../../../src/adapters/nats/connection/subject-names.ts';
import { messagesOf } from '../../../../src/adapters/nats/write/commit.ts';
import { Namespace } from '../../../../src/domain/identity/names.ts';

const names = subjectNamesOf(Namespace.parse('test'));
const event = (n: number) => ({ subject: `host.agent.run.${n}`, text: `event ${n}` });
const bare = { writes: [], events: [] };

test('a record is written only at its expected revision', () => {
  const writes = [{ key: 'agent.a.b', expectedRevision: 7, text: 'record' }];
  expect(messagesOf(names, { ...bare, writes })).toEqual([
    {
      subject: '$KV.rollcall_test_registry.agent.a.b',
      text: 'record',
      headers: [['Nats-Expected-Last-Subject-Sequence', '7']],
    },
  ]);
});

test('a new record is written with the expected revision 0, not without an expectation', () => {
  const writes = [{ key: 'agent.a.b', expectedRevision: 0, text: 'record' }];
  expect(messagesOf(names, { ...bare, writes })[0]?.headers).toEqual([
    ['Nats-Expected-Last-Subject-Sequence', '0'],
  ]);
});

test('a removal is a tombstone for a day, with an expected revision and without a rollup', () => {
  const writes = [{ key: 'agent.a.b', expectedRevision: 7, text: undefined }];
  expect(messagesOf(names, { ...bare, writes })).toEqual([
    {
      subject: '$KV.rollcall_test_registry.agent.a.b',
      text: '',
      headers: [
        ['KV-Operation', 'PURGE'],
        ['Nats-TTL', '86400s'],
        ['Nats-Expected-Last-Subject-Sequence', '7'],
      ],
    },
  ]);
});

test('an event carries a fence, and has no expectation and no TTL of its own', () => {
  const fences = [{ key: 'agent.a.b', expectedRevision: 3 }];
  const messages = messagesOf(names, { ...bare, events: [event(1), event(2)], fences });
  expect(messages).toEqual([
    {
      subject: 'rollcall.test.event.host.agent.run.1',
      text: 'event 1',
      headers: [
        ['Nats-Expected-Last-Subject-Sequence', '3'],
        ['Nats-Expected-Last-Subject-Sequence-Subject', '$KV.rollcall_test_registry.agent.a.b'],
      ],
    },
    { subject: 'rollcall.test.event.host.agent.run.2', text: 'event 2', headers: [] },
  ]);
});

test('a fence without an event is sent first, as a message on a subject that nobody reads', () => {
  const fences = [1, 2].map((n) => ({ key: `agent.a.${n}`, expectedRevision: n }));
  expect(messagesOf(names, { ...bare, events: [event(1), event(2)], fences })).toHaveLength(2);
  const [carrier, carried] = messagesOf(names, { ...bare, events: [event(1)], fences });
  expect(carrier).toMatchObject({ subject: `${names.fencePrefix}0`, text: '' });
  expect(carrier?.headers).toContainEqual(['Nats-Expected-Last-Subject-Sequence', '2']);
  expect(carried?.headers).toContainEqual(['Nats-Expected-Last-Subject-Sequence', '1']);
});

test.each([
  [999, true],
  [1000, true],
  [1001, false],
])('a commit of %i messages is accepted: %s', (count, accepted) => {
  const writes = Array.from({ length: count - 1 }, (_, n) => ({
    key: `agent.a.${n}`,
    expectedRevision: 0,
    text: '',
  }));
  const build = () => messagesOf(names, { writes, events: [event(1)] });
  if (accepted) expect(build()).toHaveLength(count);
  else expect(build).toThrow(/at most 1000/);
});
