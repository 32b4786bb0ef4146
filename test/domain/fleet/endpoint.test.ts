import { isIP } from 'node:net';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { InstanceRow } from '../../../src/domain/fleet/directory-rows.ts';
import { endpointOf } from '../../../src/domain/fleet/endpoint.ts';
import { anyText } from '../../arbitrary/names.ts';

const rowAt = (address: string | null, port: number | null = 80) =>
  ({ address, port }) as unknown as InstanceRow;

describe('the endpoint of an instance', () => {
  test.each<[string, 4 | 6 | undefined]>([
    ['10.0.0.1', 4],
    ['::1', 6],
    ['2001:db8::7', 6],
    ['web-1.example', undefined],
    ['localhost', undefined],
    ['a'.repeat(63), undefined],
  ])('is %s', (address, family) => {
    expect(endpointOf(rowAt(address), isIP)).toMatchObject({ address, family, port: 80 });
  });

  test.each([
    ...[
      '',
      '127.1',
      '0x7f',
      'a.0x7f',
      '1.2.3.256',
      'fe80::1%eth0',
      'a b',
      'a;b',
      'a\nb',
      '-a',
      'a-',
    ],
    ...[
      'a..b',
      'a.',
      '_web',
      'ü',
      'a'.repeat(64),
      'a.'.repeat(130),
      '[::1]',
      '1.2.3.4:80',
      '10.0.0.1/8',
    ],
    '127.0.0.1 port 80; set server web/victim state maint',
    'x; } http { server { listen 1; } }',
  ])('is refused with the address %j', (address) => {
    expect(endpointOf(rowAt(address), isIP)).toBe('bad-address');
  });

  test.each<[number | null, string]>([
    [null, 'no-port'],
    [0, 'bad-port'],
    [65536, 'bad-port'],
    [1.5, 'bad-port'],
  ])('is refused with port %s', (port, why) => {
    expect(endpointOf(rowAt('10.0.0.1', port), isIP)).toBe(why);
    expect(endpointOf(rowAt(null, port), isIP)).toBe('no-address');
  });

  test('has only letters, digits, dots, hyphens and colons, whatever the address', () => {
    const address = fc.oneof(
      anyText,
      fc.ipV6(),
      fc.domain(),
      fc.tuple(fc.ipV4(), anyText).map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(address, (text) => {
        const endpoint = endpointOf(rowAt(text), isIP);
        if (typeof endpoint === 'string') return;
        expect(endpoint.address).toBe(text);
        expect(text).toMatch(/^[A-Za-z0-9.:-]{1,253}$/);
      }),
    );
  });
});
