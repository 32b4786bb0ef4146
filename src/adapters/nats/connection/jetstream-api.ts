import { headers, type MsgHdrs } from '@nats-io/transport-node';
import { Fault } from '../../../domain/fault.ts';
import type { Millis } from '../../../domain/time.ts';
import { backoff, sleep } from './backoff.ts';
import { code, errorIn, type JsError } from './jetstream-errors.ts';
import { subjectInDomain } from './js-domain.ts';
import { jsonOf } from './message.ts';
import { MissingStream } from './missing-stream.ts';
import type { Reply, SupervisedConnection } from './supervised-connection.ts';

export type Answer<T> = { readonly ok: T } | { readonly error: JsError };

/** Errors that end without intervention: a leader is being elected, or the server is starting. */
const transientErrors: ReadonlySet<number> = new Set([
  code.notAvailable,
  code.notLeader,
  code.streamOffline,
  code.tooManyRequests,
]);

export interface ApiOptions {
  readonly within: Millis;
  readonly signal?: AbortSignal | undefined;
  /** The server refuses the request unless it supports this level; else it would drop settings silently. */
  readonly level?: number;
  /** Another JetStream domain than that of the connection. */
  readonly domain?: string;
}

/**
 * Sends an idempotent request to the JetStream API until it is answered or the time is over.
 *
 * A stream without a leader does not answer, so each try waits for only a fraction of the time.
 * @throws {Fault} `store-unavailable`
 */
export async function askApi<T>(
  connection: SupervisedConnection,
  what: string,
  request: object,
  options: ApiOptions,
): Promise<Answer<T>> {
  const until = performance.now() + options.within;
  const text = JSON.stringify(request);
  let why = '';
  for (let tries = 0; ; tries += 1) {
    const left = until - performance.now();
    if (left <= 0)
      throw new Fault(
        'store-unavailable',
        `the JetStream API did not answer ${what}: ${why || 'no time was left for an attempt'}`,
      );
    const subject = subjectInDomain(`$JS.API.${what}`, options.domain);
    const reply = await connection.request(subject, text, {
      within: Math.min(left, Math.max(250, options.within / 3)),
      signal: options.signal,
      ...(options.level === undefined ? {} : { headers: levelHeader(options.level) }),
    });
    const answer = read<T>(reply);
    if (typeof answer !== 'string') return answer;
    why = answer;
    if (connection.client.isClosed() || options.signal?.aborted) {
      throw new Fault('store-unavailable', `the JetStream API did not answer ${what}: ${why}`);
    }
    await sleep(Math.min(backoff(tries, 10, 250), until - performance.now()), options.signal);
  }
}

function levelHeader(level: number): MsgHdrs {
  const header = headers();
  header.set('Nats-Required-Api-Level', String(level));
  return header;
}

/** The result, or the reason why there is none yet. */
function read<T>(reply: Reply): Answer<T> | string {
  if (reply.kind !== 'received') return reply.why;
  const body = jsonOf(reply.msg);
  // Any client with permission to reply may send anything.
  if (typeof body !== 'object' || body === null) return 'the reply is not a JSON object';
  const error = errorIn(body);
  if (error === undefined) return { ok: body as T };
  return transientErrors.has(error.err_code) ? error.description : { error };
}

/** The result of a call for which no error is expected. */
export function expectOk<T>(what: string, answer: Answer<T>): T {
  if ('ok' in answer) return answer.ok;
  throw apiFault(what, answer.error);
}

export function apiFault(what: string, error: JsError): Fault {
  const message = `${what}: ${error.description} (${error.err_code})`;
  return error.err_code === code.streamNotFound
    ? new MissingStream(message)
    : new Fault('store-refused', message);
}
