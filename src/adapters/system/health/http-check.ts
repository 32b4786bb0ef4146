import { type IncomingMessage, request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import type { HttpProbe } from '../../../domain/records/health-check.ts';
import { errorReason } from './error-reason.ts';
import type { HealthCheckFn } from './run-health-check.ts';
import { tlsOptions } from './tls-options.ts';

/** As many as Kubernetes follows. */
const maxRedirects = 10;

/**
 * Sends a request over a connection of its own and expects status 2xx or 3xx.
 *
 * Redirects are treated as in Kubernetes: one to the same host is followed, one to another host passes.
 * The body is not read. Not by `fetch`: it reuses connections, so a check would pass after the server
 * stopped listening, and it refuses ports and logins that other clients accept.
 */
export function httpCheck(probe: HttpProbe): HealthCheckFn {
  return async (signal) => {
    const first = URL.parse(probe.url);
    if (first === null) return 'the URL is invalid';
    let url = first;
    for (let redirects = 0; redirects <= maxRedirects; redirects += 1) {
      const answer = await send(url, probe, signal).catch(errorReason);
      if (typeof answer === 'string') return `${publicPart(url)}: ${answer}`;
      const { status, location } = answer;
      if (status < 200 || status >= 400) return `${publicPart(url)} answered ${status}`;
      const next = status >= 300 && location ? URL.parse(location, url) : null;
      if (next === null || next.hostname !== first.hostname) return undefined;
      // As in a browser, the login stays valid on the same host.
      next.username ||= first.username;
      next.password ||= first.password;
      url = next;
    }
    return `${publicPart(first)}: more than ${maxRedirects} redirects`;
  };
}

interface Answer {
  readonly status: number;
  readonly location: string | undefined;
}

async function send(url: URL, probe: HttpProbe, signal: AbortSignal): Promise<Answer> {
  const isTls = url.protocol === 'https:';
  const tls = isTls ? await tlsOptions(probe.tls) : {};
  const request = isTls ? requestHttps : requestHttp;
  return new Promise((resolve, reject) => {
    const options = {
      method: probe.method ?? 'GET',
      headers: { 'user-agent': 'rollcall', accept: '*/*', ...probe.headers },
      // No agent: the connection is not reused.
      ...{ agent: false, signal, ...tls },
    };
    const sent = request(url, options, (response: IncomingMessage) => {
      const { statusCode = 0, headers } = response;
      resolve({ status: statusCode, location: headers.location });
      response.destroy();
    });
    sent.once('error', reject);
    sent.end();
  });
}

/** The URL without login, query and fragment, which may be secret. */
const publicPart = ({ protocol, host, pathname }: URL): string => `${protocol}//${host}${pathname}`;
