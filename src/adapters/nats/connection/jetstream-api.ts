import { headers } from '@nats-io/transport-node';
import { Fault } from '../../../domain/fault.ts';
import type { Millis } from '../../../domain/time.ts';
import { backoff, sleep } from './backoff.ts';
import { code, errorIn, type JsError } from './jetstream-errors.ts';
import { jsonOf } from './message.ts';
import type { Reply, SupervisedConnection } from './supervised-connection.ts';

export type Answer<T> = { readonly ok: T } | { readonly error: JsError };

/** Errors that pass by themselves: a leader is being elected, or the server is starting. */
const passing: ReadonlySet<number> = new Set([
  code.notAvailable,
  code.notLeader,
  code.streamOffline,
  code.tooManyRequests,
]);

export interface ApiOptions {
  readonly within: Millis;
  readonly signal?: AbortSignal | undefined;
  /** The server refuses the request unless it knows this level: settings are not dropped silently. */
  readonly level?: number;
}

/**
 * Asks JetStream's API something that may be asked twice, until it answers or the time is over.
 *
 * While a stream has no leader nobody answers, so each try waits a fraction of the time only.
 * @throws {Fault} `store-unavailable`
 */
export async function askApi<T>(
  link: SupervisedConnection,
  what: string,
  request: object,
  options: ApiOptions,
): Promise<Answer<T>> {
  const until = performance.now() + options.within;
  const text = JSON.stringify(request);
  let why = '';
  for (let tries = 0; ; tries += 1) {
    const left = until - performance.now();
    if (left <= 0) throw new Fault('store-unavailable', `${what}: ${why || 'no time left'}`);
    const hdrs = headers();
    if (options.level !== undefined) hdrs.set('Nats-Required-Api-Level', String(options.level));
    const reply = await link.request(`$JS.API.${what}`, text, {
      within: Math.min(left, Math.max(250, options.within / 3)),
      signal: options.signal,
      ...(options.level === undefined ? {} : { headers: hdrs }),
    });
    const answer = read<T>(reply);
    if (typeof answer !== 'string') return answer;
    why = answer;
    if (link.connection.isClosed() || options.signal?.aborted) {
      throw new Fault('store-unavailable', `${what}: ${why}`);
    }
    await sleep(Math.min(backoff(tries, 10, 250), until - performance.now()), options.signal);
  }
}

/** The answer, or why there is none yet. */
function read<T>(reply: Reply): Answer<T> | string {
  if (reply.kind !== 'received') return reply.why;
  const body = jsonOf(reply.msg);
  // Whoever may answer there may answer anything.
  if (typeof body !== 'object' || body === null) return 'the answer cannot be read';
  const error = errorIn(body);
  if (error === undefined) return { ok: body as T };
  return passing.has(error.err_code) ? error.description : { error };
}

/** The answer, where an error is none that we foresaw. */
export function expectOk<T>(what: string, answer: Answer<T>): T {
  if ('ok' in answer) return answer.ok;
  throw apiFault(what, answer.error);
}

export function apiFault(what: string, error: JsError): Fault {
  const missing = error.err_code === code.streamNotFound;
  return new Fault(
    missing ? 'store-misconfigured' : 'store-refused',
    `${what}: ${error.description} (${error.err_code})`,
    missing ? { hint: 'was the stream deleted? `rollcall doctor` says what is missing' } : {},
  );
}
