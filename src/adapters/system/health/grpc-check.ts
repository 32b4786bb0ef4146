import { connect } from 'node:http2';
import type { GrpcProbe } from '../../../domain/records/health-check.ts';
import { errorReason } from './error-reason.ts';
import type { HealthCheckFn } from './run-health-check.ts';
import { tlsOptions } from './tls-options.ts';

/** Values of `HealthCheckResponse.ServingStatus`. */
const statuses = ['UNKNOWN', 'SERVING', 'NOT_SERVING', 'SERVICE_UNKNOWN'];
const serving = 1;

/** `grpc-status` 5 and 12, for which the number alone tells little. */
const grpcErrors: Readonly<Record<string, string>> = {
  '5': 'the service is unknown to the server',
  '12': 'the server does not implement grpc.health.v1',
};

/** A reply has a few bytes; more is not a health reply. */
const maxReply = 1024;

/**
 * Calls `grpc.health.v1.Health/Check` and expects SERVING.
 *
 * Over `node:http2`, not a gRPC library: the request has one text field and the reply one number.
 */
export function grpcCheck(probe: GrpcProbe): HealthCheckFn {
  const { host, port, service = '', tls } = probe;
  const label = `grpc ${host}:${port}${service === '' ? '' : ` ${service}`}`;
  return async (signal) => {
    const options = tls === undefined ? {} : await tlsOptions(tls);
    const scheme = tls === undefined ? 'http' : 'https';
    const session = connect(
      `${scheme}://${host.includes(':') ? `[${host}]` : host}:${port}`,
      options,
    );
    const destroy = () => session.destroy();
    signal.addEventListener('abort', destroy, { once: true });
    try {
      const detail = await new Promise<string | undefined>((resolve, reject) => {
        session.once('error', reject);
        session.once('close', () => resolve('the connection was closed'));
        const call = session.request({
          ':method': 'POST',
          ':path': '/grpc.health.v1.Health/Check',
          'content-type': 'application/grpc',
          te: 'trailers',
          'user-agent': 'rollcall',
        });
        const reply: Buffer[] = [];
        let length = 0;
        let status: unknown;
        const noteStatus = (headers: Readonly<Record<string, unknown>>) => {
          status = headers['grpc-status'] ?? status;
        };
        call.once('response', (headers) => {
          noteStatus(headers);
          if (headers[':status'] !== 200) resolve(`HTTP status ${headers[':status']}`);
        });
        call.once('trailers', noteStatus);
        call.on('data', (chunk: Buffer) => {
          length += chunk.length;
          if (length > maxReply) return resolve('the reply is no health reply');
          reply.push(chunk);
        });
        call.once('error', reject);
        call.once('end', () => resolve(problemIn(Buffer.concat(reply), status)));
        call.end(requestOf(service));
      }).catch(errorReason);
      return detail === undefined ? undefined : `${label}: ${detail}`;
    } finally {
      signal.removeEventListener('abort', destroy);
      destroy();
    }
  };
}

/** A message frame with `HealthCheckRequest { service }`: field 1, a text. */
function requestOf(service: string): Buffer {
  const text = Buffer.from(service);
  const message =
    text.length === 0 ? text : Buffer.concat([Buffer.from([0x0a, ...varint(text.length)]), text]);
  const head = Buffer.alloc(5);
  head.writeUInt32BE(message.length, 1);
  return Buffer.concat([head, message]);
}

function varint(value: number): readonly number[] {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...varint(value >>> 7)];
}

/** The problem of a reply: a frame with `HealthCheckResponse { status }`, field 1, a number. */
function problemIn(frame: Buffer, grpcStatus: unknown): string | undefined {
  if (grpcStatus === undefined) return 'the reply is no gRPC reply';
  if (`${grpcStatus}` !== '0') {
    return grpcErrors[`${grpcStatus}`] ?? `gRPC status ${grpcStatus}`;
  }
  const message = frame.subarray(5);
  const status = message[0] === 0x08 ? (message[1] ?? 0) : 0;
  return status === serving ? undefined : (statuses[status] ?? `status ${status}`);
}
