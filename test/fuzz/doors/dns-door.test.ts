import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect } from 'node:net';
import { decode, encode, type RecordType } from 'dns-packet';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { writeAnswer } from '../../../src/adapters/doors/dns/dns-answer.ts';
import { openDnsDoor } from '../../../src/adapters/doors/dns/dns-door.ts';
import { readQuery } from '../../../src/adapters/doors/dns/dns-query.ts';
import { ServiceNames } from '../../../src/adapters/doors/dns/service-names.ts';
import { DnsZone } from '../../../src/adapters/doors/dns/service-records.ts';
import { systemClock } from '../../../src/adapters/system/clock.ts';
import { noopMetrics } from '../../../src/ports/metrics.ts';
import { FakeView, rowOf } from '../../adapters/doors/support/fake-view.ts';
import { anyText } from '../../arbitrary/names.ts';
import { fuzz } from '../support/fuzz.ts';

const question = encode({
  ...{ type: 'query', id: 1, flags: 256 },
  questions: [{ type: 'A', name: 'web.service.rollcall' }],
});
const header = fc
  .tuple(
    fc.nat(65535),
    fc.constantFrom(0, 0x100, 0x8000, 0x7800),
    fc.array(fc.nat(65535), { minLength: 4, maxLength: 4 }),
  )
  .map(([id, flags, counts]) => {
    const bytes = Buffer.alloc(12);
    for (const [n, value] of [id, flags, ...counts].entries()) bytes.writeUInt16BE(value, 2 * n);
    return bytes;
  });
/** Garbage, garbage behind a header, and questions with a few bytes changed or cut off. */
const message = fc.oneof(
  fc.uint8Array({ maxLength: 600 }).map((bytes) => Buffer.from(bytes)),
  fc
    .tuple(header, fc.uint8Array({ maxLength: 600 }))
    .map(([head, rest]) => Buffer.concat([head, rest])),
  fc
    .tuple(
      fc.array(fc.tuple(fc.nat(question.length - 1), fc.nat(255)), { maxLength: 3 }),
      fc.nat(60),
    )
    .map(([changes, length]) => {
      const bytes = Buffer.from(question);
      for (const [at, value] of changes) bytes[at] = value;
      return bytes.subarray(0, Math.max(1, bytes.length - Math.max(0, length - 30)));
    }),
);

test('any message is dropped, refused or answered, and each answer can be read', async () => {
  const view = new FakeView();
  view.set('web', rowOf('web/1'));
  const zone = new DnsZone(
    { zone: 'rollcall', policy: 'any', ttl: 1000 },
    view,
    new ServiceNames(view),
  );
  await fuzz(
    message,
    async (bytes) => {
      const query = readQuery(bytes);
      if (query === 'drop' || 'rcode' in query) return;
      decode(writeAnswer(query, zone.answer(query), 512));
    },
    { runs: 2000 },
  );
});

test('any name, label and address gives an answer with addresses only', async () => {
  await fuzz(
    fc.tuple(anyText, anyText, fc.constantFrom<RecordType>('A', 'AAAA', 'SRV')),
    async ([service, address, type]) => {
      const view = new FakeView();
      view.set(service, rowOf('x/1', { service, address }), rowOf('x/2', { service }));
      const zone = new DnsZone(
        { zone: 'rollcall', policy: 'any', ttl: 1000 },
        view,
        new ServiceNames(view),
      );
      let asked: Buffer;
      try {
        asked = encode({
          type: 'query',
          questions: [{ type, name: `${service}.service.rollcall` }],
        });
      } catch {
        return;
      }
      const query = readQuery(asked);
      if (query === 'drop' || 'rcode' in query) return;
      for (const { data } of decode(writeAnswer(query, zone.answer(query), 4096)).answers as {
        data: string | { target: string };
      }[]) {
        const text = typeof data === 'string' ? data : data.target;
        expect(text).toMatch(/^[A-Za-z0-9.:-]+$/);
      }
    },
    { runs: 500 },
  );
});

test('the DNS door answers the next question after any message over UDP and TCP', async () => {
  const view = new FakeView();
  view.set('web', rowOf('web/1'));
  const quiet = {
    clock: systemClock,
    log: { debug() {}, info() {}, warn() {} },
    metrics: noopMetrics,
  };
  const options = {
    host: '127.0.0.1',
    port: 0,
    view,
    clients: ['127.0.0.0/8'],
    zone: 'rollcall',
    policy: 'any',
    ttl: 1000,
  } as const;
  await using door = await openDnsDoor(options, quiet);
  const udp = createSocket('udp4');
  await fuzz(
    message,
    async (bytes) => {
      udp.send(bytes, door.port, '127.0.0.1');
      const tcp = connect(door.port, '127.0.0.1');
      tcp.on('error', () => {}).resume();
      tcp.end(bytes);
      const asked = Buffer.from(question);
      asked.writeUInt16BE(4711, 0);
      udp.send(asked, door.port, '127.0.0.1');
      for (;;) {
        const [answer] = (await once(udp, 'message')) as [Buffer];
        if (answer.readUInt16BE(0) !== 4711) continue;
        expect(decode(answer).answers).toMatchObject([{ data: '10.0.0.1' }]);
        break;
      }
      tcp.destroy();
    },
    { runs: 60 },
  );
  udp.close();
});
