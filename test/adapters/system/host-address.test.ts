import type { NetworkInterfaceInfo } from 'node:os';
import { expect, test } from 'vitest';
import { hostAddress } from '../../../src/adapters/system/host-address.ts';

const at = (address: string, internal = false): NetworkInterfaceInfo =>
  ({ address, internal, family: address.includes(':') ? 'IPv6' : 'IPv4' }) as NetworkInterfaceInfo;

test.each([
  [{ lo: [at('127.0.0.1', true)], eth0: [at('fd00::7'), at('10.0.0.7')] }, '10.0.0.7'],
  [{ docker0: [at('172.17.0.1')], eth0: [at('192.168.1.5')] }, '192.168.1.5'],
  [{ eth0: [at('169.254.1.1'), at('fe80::1'), at('2001:db8::7')] }, '2001:db8::7'],
  [{ lo: [at('127.0.0.1', true)] }, '127.0.0.1'],
  [{}, '127.0.0.1'],
])(
  'the address of a host with these interfaces is the one that others reach: %j',
  (all, address) => {
    expect(hostAddress(all)).toBe(address);
  },
);
