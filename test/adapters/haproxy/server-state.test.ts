import fc from 'fast-check';
import { expect, test } from 'vitest';
import { linesOf } from '../../../src/adapters/haproxy/admin-socket.ts';
import {
  canonical,
  parseServerState,
  parseSessions,
} from '../../../src/adapters/haproxy/server-state.ts';
import { anyText } from '../../arbitrary/names.ts';

/** From HAProxy 2.6.12, some columns left out. */
const answer = `1
# be_id be_name srv_id srv_name srv_addr srv_op_state srv_admin_state srv_uweight srv_port
2 web 1 web1 127.0.0.1 0 5 1 1
2 web 2 web2 ::1 2 4 1 8080
2 web 3 web3 10.0.0.1 2 12 1 8081

# pxname,svname,qcur,qmax,scur,smax
web,web1,0,0,0,0
web,web3,0,0,7,9

Can't find backend.

`;

test('the answers of HAProxy are read by the names of their columns', () => {
  expect(parseServerState(answer).get('web')).toEqual([
    { name: 'web1', address: '127.0.0.1', port: 1, isInMaintenance: true, isDraining: false },
    { name: 'web2', address: '::1', port: 8080, isInMaintenance: false, isDraining: false },
    { name: 'web3', address: '10.0.0.1', port: 8081, isInMaintenance: false, isDraining: true },
  ]);
  expect(parseSessions(answer).get('web/web3')).toBe(7);
});

test('an IPv6 address has one text, however it was written', () => {
  expect(canonical('0:0:0:0:0:0:0:1')).toBe('::1');
  expect(canonical('::ffff:1.2.3.4')).toBe(canonical('::ffff:102:304'));
  expect(canonical('10.0.0.1')).toBe('10.0.0.1');
});

test('commands are sent in lines that fit into a buffer of HAProxy, in their order', () => {
  const commands = Array.from({ length: 500 }, (_, n) => `set server web/web${n} state ready`);
  const lines = linesOf(commands);
  expect(lines.join(';').split(';')).toEqual(commands);
  expect(Math.max(...lines.map(({ length }) => length))).toBeLessThanOrEqual(8192);
});

test('any answer of HAProxy is read without a failure', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(anyText, fc.constantFrom(...answer.split('\n')))), (lines) => {
      const text = lines.join('\n');
      for (const slots of parseServerState(text).values()) expect(slots.length).toBeGreaterThan(0);
      parseSessions(text);
    }),
  );
});
