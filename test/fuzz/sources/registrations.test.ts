import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { api } from '../../../src/cli/command/settings/api.ts';
import { parseRegistrations } from '../../../src/composition/instances/registration-file.ts';
import { fuzz } from '../support/fuzz.ts';

describe('the file of an agent with its registrations', () => {
  test('counts as empty, with a reason, if its content is invalid', async () => {
    const saved = fc.record({ v: fc.constant(1), registrations: fc.array(fc.jsonValue()) });
    const text = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.oneof(fc.jsonValue(), saved).map((value) => JSON.stringify(value)),
    );
    await fuzz(text, (content) => {
      const { registrations, why } = parseRegistrations(content);
      expect(registrations.length === 0 || why === undefined).toBe(true);
    });
  });
});

describe('--api', () => {
  test.each([
    [true, { host: '127.0.0.1', port: 8602 }],
    ['true', { host: '127.0.0.1', port: 8602 }],
    ['9000', { host: '127.0.0.1', port: 9000 }],
    ['[::1]:9000', { host: '::1', port: 9000 }],
    ['/run/rollcall/api.sock', { path: '/run/rollcall/api.sock' }],
  ])('%j is %j', (text, address) => {
    expect(api.api.schema.parse(text)).toEqual(address);
  });

  test('is an address, the path of a socket, or refused', async () => {
    await fuzz(fc.oneof(fc.string({ unit: 'binary' }), fc.jsonValue()), (text) => {
      const { success, data } = api.api.schema.safeParse(text);
      if (success && data) expect('path' in data ? data.path : data.host).not.toBe('');
    });
  });
});
