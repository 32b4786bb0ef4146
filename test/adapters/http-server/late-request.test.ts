import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { createLimitedServer } from '../../../src/adapters/http-server/http-server.ts';
import { seconds } from '../../../src/domain/time.ts';

test.each([
  ['that is late is answered 408, which a browser sends again', 'ERR_HTTP_REQUEST_TIMEOUT', '408'],
  ['that is malformed is answered 400', 'HPE_INVALID_METHOD', '400'],
])('a request %s', async (_, code, status) => {
  const limits = { maxConnections: 1, maxHeaderSize: 1024, keepAliveTimeout: seconds(1) };
  const server = createLimitedServer(limits);
  const socket = new PassThrough();
  server.emit('clientError', Object.assign(new Error('refused'), { code }), socket);
  expect(await text(socket)).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
});
