import { describe, expect, test } from 'vitest';
import { checkHost, checkToken } from '../../../src/adapters/http-server/access.ts';

describe('the Host header of a request', () => {
  const names = ['Rollcall.example'];

  test.each(['localhost', 'LOCALHOST:8602', '127.0.0.1:8602', '[::1]:8602', 'rollcall.EXAMPLE:80'])(
    'is accepted as %s',
    (host) => {
      expect(() => checkHost({ host }, names, '')).not.toThrow();
    },
  );

  test.each(['evil.example', '127.0.0.1.evil.example:8602', '', 'a b'])(
    'is refused as "%s"',
    (host) => {
      expect(() => checkHost({ host }, names, 'the remedy')).toThrow(
        expect.objectContaining({ code: 'forbidden', status: 403, hint: 'the remedy' }),
      );
    },
  );
});

test('a request needs the whole token, if the server has one', () => {
  const token = 'a-token-of-this-test';
  expect(() => checkToken({}, undefined)).not.toThrow();
  expect(() => checkToken({ authorization: `Bearer ${token}` }, token)).not.toThrow();
  for (const authorization of [
    '',
    `Bearer ${token}x`,
    `Bearer ${token.slice(1)}`,
    `Basic ${token}`,
  ]) {
    expect(() => checkToken({ authorization }, token)).toThrow(
      expect.objectContaining({ code: 'unauthorised' }),
    );
  }
});
