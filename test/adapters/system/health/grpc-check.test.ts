import { createServer as createTcpServer } from 'node:net';
import { Server, ServerCredentials } from '@grpc/grpc-js';
import { HealthImplementation, type ServingStatusMap } from 'grpc-health-check';
import { describe, expect, test } from 'vitest';
import { failing, listening, often, ok, reports } from './check-results.ts';

const host = '127.0.0.1';

/** A gRPC server of the reference implementation; without a map it has no health service. */
async function grpcServer(statuses?: ServingStatusMap) {
  const server = new Server();
  if (statuses) new HealthImplementation(statuses).addToServer(server);
  const port = await new Promise<number>((resolve, reject) =>
    server.bindAsync(`${host}:0`, ServerCredentials.createInsecure(), (error, bound) =>
      error ? reject(error) : resolve(bound),
    ),
  );
  return { port, [Symbol.asyncDispose]: async () => server.forceShutdown() };
}

describe('a gRPC check', () => {
  test('asks for the whole server or for one service', async () => {
    const long = 'a'.repeat(300);
    await using server = await grpcServer({
      '': 'SERVING',
      shop: 'NOT_SERVING',
      [long]: 'SERVING',
    });
    const grpc = { host, port: server.port };
    expect(await reports({ ...often, grpc }, 2)).toEqual([ok, ok]);
    expect(await reports({ ...often, grpc: { ...grpc, service: long } })).toEqual([ok]);
    const [shop] = await reports({ ...often, grpc: { ...grpc, service: 'shop' } });
    expect(shop).toEqual(failing(`grpc ${host}:${server.port} shop: NOT_SERVING`));
    const [other] = await reports({ ...often, grpc: { ...grpc, service: 'other' } });
    expect(other).toEqual(failing(expect.stringMatching(/the service is unknown to the server/)));
  });

  test('of a server without the health service fails with the reason', async () => {
    await using server = await grpcServer();
    const [found] = await reports({ ...often, grpc: { host, port: server.port } });
    expect(found).toEqual(failing(expect.stringMatching(/does not implement grpc\.health\.v1/)));
  });

  test('of a closed port, and of a server without HTTP/2, fails with the reason', async () => {
    const { port, close } = await listening(
      createTcpServer((socket) => socket.resume().end('hello')),
    );
    const [other] = await reports({ ...often, grpc: { host, port } });
    expect(other).toEqual(failing(expect.stringMatching(/Protocol error|no gRPC reply/)));
    await close();
    const [closed] = await reports({ ...often, grpc: { host, port } });
    expect(closed).toEqual(failing(expect.stringMatching(/ECONNREFUSED/)));
  });

  test('of a server that does not answer fails at its timeout', async () => {
    await using server = await listening(createTcpServer((socket) => socket.resume()));
    const check = { ...often, timeout: 100, grpc: { host, port: server.port } };
    expect(await reports(check)).toEqual([failing('no answer within 100 ms')]);
  });
});
