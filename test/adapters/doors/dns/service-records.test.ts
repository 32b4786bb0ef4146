import { isIP } from 'node:net';
import { decode, encode, type Packet, type RecordType } from 'dns-packet';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addressIn, addressName } from '../../../../src/adapters/doors/dns/address-name.ts';
import { writeAnswer } from '../../../../src/adapters/doors/dns/dns-answer.ts';
import { readQuery } from '../../../../src/adapters/doors/dns/dns-query.ts';
import { ServiceNames } from '../../../../src/adapters/doors/dns/service-names.ts';
import { DnsZone } from '../../../../src/adapters/doors/dns/service-records.ts';
import { FakeView, rowOf } from '../support/fake-view.ts';

interface Asked {
  readonly size?: number;
  readonly edns?: boolean;
}

/** A zone, and a resolver that asks it in bytes. */
function zoneOf(view: FakeView, policy: 'prefer-live' | 'strict' = 'prefer-live') {
  const names = new ServiceNames(view);
  const zone = new DnsZone({ zone: 'rollcall', policy, ttl: 1000 }, view, names);
  const ask = (
    name: string,
    type: RecordType = 'A',
    { size = 65_535, edns = true }: Asked = {},
  ) => {
    const packet: Packet = { type: 'query', id: 7, questions: [{ type, name }] };
    const opt = { type: 'OPT', name: '.', udpPayloadSize: 4096, flags: 0, options: [] };
    if (edns) packet.additionals = [opt as never];
    const query = readQuery(encode(packet));
    if (query === 'drop' || 'rcode' in query) throw new Error('not a question');
    const bytes = writeAnswer(query, zone.answer(query), size);
    expect(bytes.length).toBeLessThanOrEqual(size);
    // The codec gives the code as part of the flags.
    const codes = ['NOERROR', 'FORMERR', 'SERVFAIL', 'NXDOMAIN', 'NOTIMP', 'REFUSED'];
    return { ...decode(bytes), rcode: codes[bytes.readUInt16BE(2) & 15], bytes };
  };
  return { ask, names };
}
const data = ({ answers = [] }: Packet) => answers.map((one) => (one as { data: unknown }).data);
const hasSoa = ({ authorities = [] }: Packet) => authorities.some(({ type }) => type === 'SOA');

describe('the DNS zone', () => {
  const view = new FakeView();
  view.set(
    'web',
    rowOf('web/1', { address: '10.0.0.7', port: 8080, token: 2 }),
    rowOf('web/2', { address: '2001:db8::7', port: 8081, token: 1 }),
    rowOf('web/3', { address: 'db.example', port: 8082, token: 3 }),
    rowOf('web/4', { address: '10.0.0.8; evil', port: 8083, token: 4 }),
  );
  view.set('a.b', rowOf('a.b/1'));
  view.set('Mixed', rowOf('Mixed/1', { service: 'Mixed' }));
  view.set('ü', rowOf('ü/1'));
  view.set(
    'down',
    rowOf('down/1', { state: 'failing', health: { state: 'failing', detail: 'x' } }),
  );
  const { ask } = zoneOf(view);

  test('answers A and AAAA with the addresses of the usable instances', () => {
    expect(data(ask('web.service.rollcall'))).toEqual(['10.0.0.7']);
    expect(data(ask('WEB.Service.rollCALL', 'AAAA'))).toEqual(['2001:db8::7']);
    expect(data(ask('a.b.service.rollcall'))).toEqual(['10.0.0.1']);
    expect(data(ask('mixed.service.rollcall'))).toEqual(['10.0.0.1']);
  });

  test('answers SRV in the order of tokens, with targets whose names encode the address', () => {
    const answer = ask('_web._tcp.service.rollcall', 'SRV');
    expect(data(answer)).toEqual([
      {
        ...{ priority: 1, weight: 65280, port: 8081 },
        target: '20010db8000000000000000000000007.addr.rollcall',
      },
      { priority: 1, weight: 65280, port: 8080, target: '0a000007.addr.rollcall' },
      { priority: 1, weight: 65280, port: 8082, target: 'db.example' },
    ]);
    const additional = (answer.additionals ?? []).filter(({ type }) => type !== 'OPT');
    expect(additional.map((one) => (one as { data: unknown }).data)).toEqual([
      '2001:db8::7',
      '10.0.0.7',
    ]);
    expect(data(ask('web.service.rollcall', 'SRV'))).toEqual(data(answer));
    expect(data(ask('0a000007.addr.rollcall'))).toEqual(['10.0.0.7']);
  });

  test.each<[string, RecordType, string, boolean]>([
    ['none.service.rollcall', 'A', 'NXDOMAIN', true],
    ['_none._tcp.service.rollcall', 'SRV', 'NXDOMAIN', true],
    ['x.rollcall', 'A', 'NXDOMAIN', true],
    ['zz.addr.rollcall', 'A', 'NXDOMAIN', true],
    ['down.service.rollcall', 'A', 'NOERROR', true],
    ['a.b.service.rollcall', 'AAAA', 'NOERROR', true],
    ['web.service.rollcall', 'TXT', 'NOERROR', true],
    ['_web._tcp.service.rollcall', 'A', 'NOERROR', true],
    ['b.service.rollcall', 'A', 'NOERROR', true],
    ['service.rollcall', 'A', 'NOERROR', true],
    ['_tcp.service.rollcall', 'SRV', 'NOERROR', true],
    ['addr.rollcall', 'A', 'NOERROR', true],
    ['rollcall', 'A', 'NOERROR', true],
    ['0a000007.addr.rollcall', 'AAAA', 'NOERROR', true],
    ['example.com', 'A', 'REFUSED', false],
    ['notrollcall', 'A', 'REFUSED', false],
    ['xn--tda.service.rollcall', 'A', 'NXDOMAIN', true],
  ])('answers %s %s with %s and no records', (name, type, rcode, soa) => {
    const answer = ask(name, type);
    expect(answer.rcode).toBe(rcode);
    expect(answer.answers).toEqual([]);
    expect(hasSoa(answer)).toBe(soa);
  });

  test('has SOA and NS at its apex', () => {
    expect(data(ask('rollcall', 'SOA'))).toMatchObject([{ minimum: 1 }]);
    expect(data(ask('rollcall', 'NS'))).toEqual(['ns.rollcall']);
  });

  test('answers SERVFAIL until the view is complete (G13)', () => {
    const early = new FakeView();
    early.status = { isComplete: false, age: 0, observed: false, source: 'snapshot' };
    for (const name of ['web.service.rollcall', '_web._tcp.service.rollcall', 'service.rollcall'])
      expect(zoneOf(early).ask(name, 'SRV').rcode).toBe('SERVFAIL');
  });

  test('tells clients with EDNS that the view is old, or that the instances are kept', () => {
    const old = new FakeView();
    old.set('web', rowOf('web/1'));
    old.status = { ...old.status, age: 17_000 };
    const text = (answer: { bytes: Buffer }) => answer.bytes.toString('latin1');
    expect(text(zoneOf(old).ask('web.service.rollcall'))).toContain('the view is 17 s old');
    expect(text(zoneOf(old).ask('web.service.rollcall', 'A', { edns: false }))).not.toContain(
      'old',
    );
    old.status = { ...old.status, age: 0 };
    old.set('web', rowOf('web/1', { state: 'dubious', reason: 'silent', keptSince: 1 }));
    const kept = zoneOf(old).ask('web.service.rollcall', 'SRV');
    expect(text(kept)).toContain('which have no record any more');
    expect(data(kept)).toMatchObject([{ weight: 256 }]);
  });

  test('cuts what is too large: first the additional records, then answers', () => {
    const large = new FakeView();
    const rows = Array.from({ length: 200 }, (_, n) =>
      rowOf(`web/${n}`, { address: `10.0.1.${n}`, token: n }),
    );
    large.set('web', ...rows);
    const { ask: askLarge } = zoneOf(large);
    const whole = askLarge('web.service.rollcall', 'SRV');
    expect([whole.answers?.length, whole.flag_tc]).toEqual([200, false]);
    expect(whole.additionals?.length).toBe(201);
    const less = askLarge('web.service.rollcall', 'SRV', { size: 10_000 });
    expect([less.answers?.length, less.flag_tc]).toEqual([200, false]);
    const cut = askLarge('web.service.rollcall', 'SRV', { size: 1232 });
    expect(cut.flag_tc).toBe(true);
    const targets = (packet: Packet) => JSON.stringify(data(packet).slice(0, 10));
    expect(targets(cut)).toBe(targets(whole));
    // 200 addresses with pointers: 16 bytes each.
    expect(askLarge('web.service.rollcall', 'A', { size: 3300 }).flag_tc).toBe(false);
  });

  test('serves one service for each lower-case name, and reports the others', () => {
    const mixed = new FakeView();
    for (const service of ['WEB', 'Web', 'web'])
      mixed.set(service, rowOf(`${service}/1`, { service, address: `10.0.0.${service.length}` }));
    const { names } = zoneOf(mixed);
    expect(names.find('web')).toBe('web');
    expect(names.shadowed()).toEqual(['WEB', 'Web']);
    mixed.set('web');
    expect(names.find('web')).toBe('WEB');
    mixed.set('x.y', rowOf('x.y/1', { service: 'x.y' }));
    expect(names.isParent('y')).toBe(true);
    mixed.set('x.y');
    expect(names.isParent('y')).toBe(false);
  });

  test('writes each address into a name and reads it back', () => {
    fc.assert(
      fc.property(fc.oneof(fc.ipV4(), fc.ipV6()), (address) => {
        if (isIP(address) === 0) return;
        const back = addressIn(addressName(address)) ?? '';
        expect(isIP(back)).toBe(isIP(address));
        const canonical = (text: string) =>
          isIP(text) === 4 ? text : new URL(`http://[${text}]`).hostname;
        expect(canonical(back)).toBe(canonical(address));
      }),
    );
  });
});
