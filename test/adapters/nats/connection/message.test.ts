import { describe, expect, test } from 'vitest';
import {
  entryOf,
  fromApi,
  parseDeliveryPosition,
} from '../../../../src/adapters/nats/connection/message.ts';
import { subjectNamesOf } from '../../../../src/adapters/nats/connection/subject-names.ts';
import { Namespace } from '../../../../src/domain/identity/names.ts';

const bucket = subjectNamesOf(Namespace.parse('test')).registry;
const base64 = (text: string) => Buffer.from(text).toString('base64');

test.each([
  ['of older servers', '$JS.ACK.STREAM.consumer.1.1795415384414002.7.1795415384414002999.12'],
  [
    'with domain and account',
    '$JS.ACK.hub.ACCHASH.STREAM.consumer.1.1795415384414002.7.1795415384414002999.12.TOKEN',
  ],
])('the position of a delivery is parsed from a reply subject %s', (_, reply) => {
  expect(parseDeliveryPosition(reply)).toEqual({
    seq: 1795415384414002,
    delivery: 7,
    storedAt: 1795415384414,
    pending: 12,
  });
});

describe('a message is read as', () => {
  const message = (text: string, ...headers: string[]) =>
    fromApi({
      subject: `${bucket.prefix}agent.a.b`,
      seq: 9,
      ...(text === '' ? {} : { data: base64(text) }),
      ...(headers.length === 0
        ? {}
        : { hdrs: base64(`NATS/1.0\r\n${headers.join('\r\n')}\r\n\r\n`) }),
    });
  const entry = (text: string | undefined) => ({ key: 'agent.a.b', revision: 9, text });

  test.each([
    ['a record', message('{"ü":1}'), '{"ü":1}'],
    ['a record with headers', message('x', 'Nats-TTL: 15s'), 'x'],
    ['an empty record, not a removal', message('', 'Nats-TTL: 15s'), ''],
    ['a record, though its header mentions PURGE', message('x', 'Note: PURGE'), 'x'],
    ['removed by a tool', message('', 'KV-Operation: DEL'), undefined],
    ['removed by us', message('', 'KV-Operation: PURGE', 'Nats-TTL: 86400s'), undefined],
    ['a marker of the server', message('', 'Nats-Marker-Reason: MaxAge'), undefined],
  ])('%s', (_, stored, text) => {
    expect(entryOf(bucket, stored)).toEqual(entry(text));
  });
});

test('a header is found by its complete name', () => {
  const hdrs = base64(
    'NATS/1.0\r\nNats-Stream-Source-Old: x\r\nNats-Stream-Source: KV_r 12 a b\r\n\r\n',
  );
  const stored = fromApi({ subject: 's', seq: 1, hdrs });
  expect(stored.header('Nats-Stream-Source')).toBe('KV_r 12 a b');
  expect(stored.header('Nats-Stream')).toBeUndefined();
});
