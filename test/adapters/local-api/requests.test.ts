import type { IncomingMessage } from 'node:http';
import { describe, expect, test } from 'vitest';
import { refuseWebPages } from '../../../src/adapters/local-api/request.ts';

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
});
