import { headers, MsgHdrsImpl } from '@nats-io/transport-node';
import { expect, test } from 'vitest';
import { EncodedHeaders } from '../../../../src/adapters/nats/write/encoded-headers.ts';

const textOf = (bytes: Uint8Array): string => new TextDecoder().decode(bytes);

test.each([
  [[['Nats-Expected-Last-Subject-Sequence', '0']]],
  [
    [
      ['KV-Operation', 'PURGE'],
      ['Nats-TTL', '86400s'],
      ['Nats-Batch-Sequence', '1000'],
    ],
  ],
  [[['Name', 'rødgrød 🍓']]],
] as const)('headers are encoded as the client encodes them: %j', (fields) => {
  const own = new EncodedHeaders(...fields);
  const ofClient = headers() as MsgHdrsImpl;
  for (const [name, value] of fields) ofClient.set(name, value);
  expect(textOf(own.encode())).toBe(textOf(ofClient.encode()));
  expect(MsgHdrsImpl.decode(own.encode()).equals(ofClient)).toBe(true);
});

test.each(['\n', '\r', '1\r\nNats-Expected-Stream: x'])(
  'a value with a line break is refused: %j',
  (value) => {
    expect(() => new EncodedHeaders(['Nats-TTL', value])).toThrow(
      new TypeError('the header Nats-TTL has a line break'),
    );
  },
);
