import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { decode, encode } from 'dns-packet';
import { describe, expect, test } from 'vitest';
import { AnswerRate } from '../../../../src/adapters/doors/dns/answer-rate.ts';
import { openDnsDoor } from '../../../../src/adapters/doors/dns/dns-door.ts';
import { systemClock } from '../../../../src/adapters/system/clock.ts';
import { noopMetrics } from '../../../../src/ports/metrics.ts';
import { FakeView, rowOf } from '../support/fake-view.ts';

describe('the limit of DNS answers', () => {
  test('applies to each network and each second', () => {
    let now = 0;
    const rate = new AnswerRate({ monotonic: () => now }, 2);
    const allowed = (address: string) => rate.allows(address);
    expect(['10.0.0.1', '10.0.0.2', '10.0.0.3', '10.0.1.1'].map(allowed)).toEqual([
      ...[true, true, false, true],
    ]);
    expect(['2001:db8:0:1::1', '2001:db8:0:2::1', '2001:db8:0:3::1'].map(allowed)).toEqual([
      ...[true, true, false],
    ]);
    expect(allowed('::ffff:10.0.0.9')).toBe(false);
    now = 1000;
    expect(allowed('10.0.0.3')).toBe(true);
  });

  test('is the same for any number of forged client addresses', () => {
    const rate = new AnswerRate({ monotonic: () => 0 }, 2);
    const all = Array.from({ length: 20_000 }, (_, n) => `10.${n >> 8}.${n & 255}.1`);
    expect(all.filter((address) => rate.allows(address))).toHaveLength(10_000);
  });
});

const question = encode({
  ...{ type: 'query', id: 7, flags: 256 },
  questions: [{ type: 'A', name: 'web.service.rollcall' }],
});

async function openWeb(host: string) {
  const view = new FakeView();
  view.set('web', rowOf('web/1'));
  const door = await openDnsDoor(
    {
      host,
      port: 0,
      view,
      clients: ['0.0.0.0/0', '::/0'],
      zone: 'rollcall',
      policy: 'any',
      ttl: 1000,
    },
    { clock: systemClock, log: { debug() {}, info() {}, warn() {} }, metrics: noopMetrics },
  );
  return door;
}

const other = Object.values(networkInterfaces())
  .flat()
  .find((one) => one?.family === 'IPv4' && !one.internal)?.address;

describe('the DNS door', () => {
  test('asks other machines for TCP above 1000 answers a second', async (context) => {
    if (other === undefined) return context.skip('this machine has only loopback');
    await using door = await openWeb('0.0.0.0');
    const udp = createSocket('udp4');
    udp.bind(0, other);
    await once(udp, 'listening');
    let cut = 0;
    let answered = 0;
    udp.on('message', (bytes: Buffer) => {
      const { answers = [], flag_tc } = decode(bytes);
      answered += 1;
      if (flag_tc && answers.length === 0) cut += 1;
    });
    for (let sent = 0; cut === 0 && sent < 20_000; sent += 200) {
      for (let n = 0; n < 200; n += 1) udp.send(question, door.port, other);
      await new Promise((resolve) => setImmediate(resolve));
    }
    expect(answered - cut).toBeGreaterThanOrEqual(1000);
    expect(cut).toBeGreaterThan(0);
    udp.close();
  });

  test('ends a TCP connection that announces more than a question can have', async () => {
    await using door = await openWeb('127.0.0.1');
    const tcp = connect(door.port, '127.0.0.1');
    const closed = once(tcp, 'close');
    tcp.resume().write(Buffer.from([0xff, 0xff]));
    await closed;
  });

  test('answers several questions over one TCP connection', async () => {
    await using door = await openWeb('127.0.0.1');
    const tcp = connect(door.port, '127.0.0.1');
    const framed = Buffer.concat([Buffer.from([0, question.length]), question]);
    tcp.write(Buffer.concat([framed, framed, framed.subarray(0, 5)]));
    tcp.write(framed.subarray(5));
    let bytes = Buffer.alloc(0);
    const answers: unknown[] = [];
    for await (const part of tcp) {
      bytes = Buffer.concat([bytes, part as Buffer]);
      while (bytes.length >= 2 && bytes.length >= 2 + bytes.readUInt16BE(0)) {
        const length = bytes.readUInt16BE(0);
        answers.push(decode(bytes.subarray(2, 2 + length)).answers?.[0]);
        bytes = bytes.subarray(2 + length);
      }
      if (answers.length === 3) break;
    }
    expect(answers).toMatchObject(Array(3).fill({ data: '10.0.0.1' }));
  });
});
