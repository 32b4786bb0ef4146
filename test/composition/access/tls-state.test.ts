import { describe, expect, test } from 'vitest';
import {
  afterStep,
  mergeTls,
  type TlsState,
  withTls,
} from '../../../src/composition/access/tls-state.ts';

const one: TlsState = { servers: ['a'], names: [], clients: false, authorities: [1] };
const authorities = (tls: TlsState) => tls.authorities;

describe('the certificates of an access set-up', () => {
  test('have a new authority only after both were valid, and after the new one has signed all', () => {
    const two = afterStep(one, 'authority');
    expect(authorities(two)).toEqual([1, 2]);
    expect(() => afterStep(two, 'authority')).toThrow(
      'two certificate authorities are already valid',
    );
    expect(() => afterStep(two, 'finish')).toThrow(
      'the new certificate authority has not signed the certificates yet',
    );
    const replaced = afterStep(two, 'certificates');
    expect(authorities(replaced)).toEqual([2, 1]);
    expect(authorities(afterStep(replaced, 'certificates'))).toEqual([2, 1]);
    const done = afterStep(replaced, 'finish');
    expect(authorities(done)).toEqual([2]);
    expect(authorities(afterStep(done, 'authority'))).toEqual([2, 3]);
    expect(authorities(afterStep(one, 'certificates'))).toEqual([1]);
  });

  test('are for the servers of the addresses, and stay with all other settings', () => {
    const servers = ['nats://n1:4222', 'tls://[::1]:1', '10.0.0.1', 'n1:4223'];
    const tls = { names: ['n2'], clients: true, path: '/etc/nats/tls' };
    const made = mergeTls(undefined, { servers, tls });
    const expected = { ...tls, servers: ['n1', '::1', '10.0.0.1'], authorities: [1] };
    expect(made).toEqual(expected);
    expect(mergeTls({ ...expected, authorities: [3, 2] }, { servers: ['n9'] })).toEqual({
      ...expected,
      servers: ['n9'],
      authorities: [3, 2],
    });
    expect(mergeTls(undefined, { servers })).toBeUndefined();
    expect(() => mergeTls(undefined, { servers: ['nats://a b'], tls })).toThrow('no host name');
  });

  test('make every address one with TLS', () => {
    expect(['nats://n1:4222', 'tls://n1:4222', 'n1:4222'].map(withTls)).toEqual(
      Array.from({ length: 3 }, () => 'tls://n1:4222'),
    );
  });
});
