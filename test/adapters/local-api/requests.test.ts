import type { IncomingMessage } from 'node:http';
import { describe, expect, test } from 'vitest';
import { checkToken, refuseWebPages } from '../../../src/adapters/local-api/request.ts';

const from = (headers: Readonly<Record<string, string>>) =>
  ({ headers }) as unknown as IncomingMessage;

describe('a request to the local API', () => {
  test.each([
    { host: 'localhost' },
    { host: 'LOCALHOST:8602' },
    { host: '127.0.0.1:8602' },
    { host: '[::1]:8602' },
    { host: '10.0.0.7:8602' },
  ])('with %j is accepted', (headers) => {
    expect(() => refuseWebPages(from(headers))).not.toThrow();
  });

  test.each<Record<string, string>>([
    { host: 'evil.example' },
    { host: '127.0.0.1.evil.example:8602' },
    { host: '' },
    {},
    { host: 'localhost', origin: 'http://localhost:8602' },
    { host: 'localhost', 'sec-fetch-site': 'same-origin' },
  ])('with %j may come from a web page and is refused', (headers) => {
    expect(() => refuseWebPages(from(headers))).toThrow(
      expect.objectContaining({ code: 'forbidden' }),
    );
  });

  test('needs the whole token, if there is one', () => {
    const token = 'a-token-of-this-test';
    expect(() => checkToken(from({}), undefined)).not.toThrow();
    expect(() => checkToken(from({ authorization: `Bearer ${token}` }), token)).not.toThrow();
    for (const sent of ['', `Bearer ${token}x`, `Bearer ${token.slice(1)}`, `Basic ${token}`]) {
      expect(() => checkToken(from({ authorization: sent }), token)).toThrow(
        expect.objectContaining({ code: 'unauthorised' }),
      );
    }
  });
});
