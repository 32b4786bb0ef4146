import { Buffer } from 'node:buffer';
import { describe, expect, it } from 'vitest';
import { ClientStream } from '../../../src/adapters/conformance/client-stream.ts';

const head = 'NATS/1.0\r\nNats-TTL: 5s\r\nNats-Expected-Last-Subject-Sequence: 0\r\n\r\n';
const sent = [
  'CONNECT {"name":"rollcall h/a r","headers":true}\r\n',
  'SUB rollcall.n.run.h.a.r 2\r\nPING\r\n',
  'PUB $JS.API.INFO _INBOX.1 2\r\n{}\r\n',
  'PUB a 0\r\n\r\n',
  `HPUB $KV.b _INBOX.2 ${head.length} ${head.length + 9}\r\n${head}{"ä\r\n":1}\r\n`,
].join('');

const messages = [
  { kind: 'connect', options: { name: 'rollcall h/a r', headers: true } },
  { kind: 'subscribe', subject: 'rollcall.n.run.h.a.r' },
  { kind: 'publish', subject: '$JS.API.INFO', headers: {}, text: '{}' },
  { kind: 'publish', subject: 'a', headers: {}, text: '' },
  {
    kind: 'publish',
    subject: '$KV.b',
    headers: { 'Nats-TTL': '5s', 'Nats-Expected-Last-Subject-Sequence': '0' },
    text: '{"ä\r\n":1',
  },
];

describe('what a NATS client sends', () => {
  it.each([1, 2, 7, 10_000])('is read the same in pieces of %i bytes', (size) => {
    const stream = new ClientStream();
    const bytes = Buffer.from(sent);
    const found = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
      stream.take(bytes.subarray(index * size, (index + 1) * size), index),
    ).flat();
    expect(found.map(({ at: _, ...message }) => message)).toEqual(messages);
  });

  it('does not change if its protocol is not one of NATS', () => {
    const stream = new ClientStream();
    expect(stream.take(Buffer.alloc(70_000, 22), 0)).toEqual([]);
    expect(stream.take(Buffer.from('PUB a 0\r\n\r\n'), 0)).toEqual([]);
  });
});
