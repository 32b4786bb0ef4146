import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { connect } from 'node:net';
import { type DecodedPacket, decode, encode } from 'dns-packet';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  ClientNetworks,
  loopback,
  networkIn,
} from '../../../../src/adapters/doors/dns/client-networks.ts';
import { openDnsDoor } from '../../../../src/adapters/doors/dns/dns-door.ts';
import { systemClock } from '../../../../src/adapters/system/clock.ts';
import { noopMetrics } from '../../../../src/ports/metrics.ts';
import { FakeView, rowOf } from '../support/fake-view.ts';

const question = encode({
  ...{ type: 'query', id: 7, questions: [{ type: 'A', name: 'web.service.rollcall' }] },
});
const codeOf = (answer: Buffer) => (decode(answer) as DecodedPacket & { rcode: string }).rcode;

/** Asks over UDP from this address of the machine. */
async function overUdp(port: number, from: string): Promise<string> {
  const socket = createSocket('udp4');
  socket.bind(0, from);
  await once(socket, 'listening');
  socket.send(question, port, '127.0.0.1');
  const [answer] = await once(socket, 'message');
  socket.close();
  return codeOf(answer);
}

/** Asks over TCP from this address of the machine. */
async function overTcp(port: number, localAddress: string): Promise<string> {
  const socket = connect({ port, host: '127.0.0.1', localAddress });
  const prefix = Buffer.alloc(2);
  prefix.writeUInt16BE(question.length);
  socket.write(Buffer.concat([prefix, question]));
  const [answer] = await once(socket, 'data');
  socket.destroy();
  return codeOf(answer.subarray(2));
}

describe('the DNS door', () => {
  test('answers clients of the allowed networks, refuses others over UDP and TCP, and names each once', async () => {
    const view = new FakeView();
    view.set('web', rowOf('web/1'));
    const warn = (event: string, facts: object = {}) => void view.logged.push({ event, ...facts });
    await using door = await openDnsDoor(
      {
        ...{ host: '127.0.0.1', port: 0, view, zone: 'rollcall', policy: 'any', ttl: 1000 },
        clients: ['127.0.0.2/32', 'no network'],
      },
      { clock: systemClock, metrics: noopMetrics, log: { debug() {}, info() {}, warn } },
    );
    for (const ask of [overUdp, overTcp]) {
      expect(await ask(door.port, '127.0.0.2')).toBe('NOERROR');
      expect(await ask(door.port, '127.0.0.3')).toBe('REFUSED');
    }
    expect(view.logged).toMatchObject([{ event: 'dns-client-refused', client: '127.0.0.3' }]);
  });
});

describe('a list of networks', () => {
  test('contains an address if and only if the address begins with the bits of one network', () => {
    const word = fc.nat(2 ** 32 - 1);
    const text = (n: number) => [24, 16, 8, 0].map((shift) => (n >>> shift) & 255).join('.');
    fc.assert(
      fc.property(word, fc.nat(32), word, (network, bits, address) => {
        const networks = new ClientNetworks([`${text(network)}/${bits}`]);
        const mask = bits === 0 ? 0 : (-1 << (32 - bits)) >>> 0;
        const isInside = (network & mask) >>> 0 === (address & mask) >>> 0;
        expect(networks.has(text(address))).toBe(isInside);
        expect(networks.has(`::ffff:${text(address)}`)).toBe(isInside);
      }),
    );
  });

  test('is read from any text without an exception, and contains no network that the text does not name', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        const network = networkIn(text);
        if (network) expect(text.split('/')[0]).toBe(network.address);
        expect(new ClientNetworks([text]).has(text.split('/')[0] ?? '')).toBe(
          network !== undefined,
        );
      }),
    );
    for (const text of [
      '',
      '10.0.0.0/33',
      '::/129',
      '10.0.0/8',
      'localhost',
      '10.0.0.0/',
      '1.1.1.1/8x',
    ])
      expect(networkIn(text), text).toBeUndefined();
  });

  test('is loopback by default, also with an interface in the address', () => {
    const networks = new ClientNetworks(loopback);
    for (const address of ['127.0.0.1', '127.9.9.9', '::1', '::ffff:127.0.0.1'])
      expect(networks.has(address), address).toBe(true);
    for (const address of ['10.0.0.1', '::', 'fe80::1%eth0', '::ffff:10.0.0.1', '', 'x'])
      expect(networks.has(address), address).toBe(false);
    expect(new ClientNetworks(['fe80::/10']).has('fe80::1%eth0')).toBe(true);
  });
});
