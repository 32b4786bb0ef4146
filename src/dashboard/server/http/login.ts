import type { IncomingMessage, ServerResponse } from 'node:http';
import { type AuthPolicy, cookieOf, roleOfToken } from './auth.ts';
import { readText } from './request-schema.ts';
import { commonHeaders } from './respond.ts';

/** Whether a request has a token to exchange for a cookie: from the form or from a link. */
export const isLogin = (path: string, query: URLSearchParams): boolean =>
  path === '/login' || (path === '/' && query.has('token'));

/** Exchanges the token for a cookie and redirects, so that the token is not in the address or browser history. */
export async function logIn(
  request: IncomingMessage,
  response: ServerResponse,
  policy: AuthPolicy,
  query: URLSearchParams,
): Promise<void> {
  const sent =
    request.method === 'POST'
      ? new URLSearchParams(await readText(request)).get('token')
      : query.get('token');
  if (sent === null) return sendLogin(response, 200);
  const role = roleOfToken(sent.trim(), request, policy);
  if (role === undefined) return sendLogin(response, 401);
  const headers = { ...commonHeaders, 'cache-control': 'no-store', location: '/' };
  response.writeHead(303, { ...headers, 'set-cookie': cookieOf(role, request, policy) }).end();
}

/** The login form only: no script, no style, and nothing of the request. */
export function sendLogin(response: ServerResponse, status: 200 | 401): void {
  const wrong = status === 401 ? '<p role="alert">That is not the token.</p>' : '';
  response.writeHead(status, {
    ...commonHeaders,
    'cache-control': 'no-store',
    'content-type': 'text/html; charset=utf-8',
    // Without any referrer, browsers send `Origin: null` with the form, which is refused.
    'referrer-policy': 'same-origin',
  });
  response.end(`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Rollcall</title>
<h1>Rollcall</h1>
${wrong}
<form method="post" action="/login">
<p><label>Token <input name="token" type="password" autocomplete="current-password" autofocus required></label>
<button>Open</button>
</form>
<p>When <code>rollcall up</code> or <code>rollcall ui</code> started on the machine that serves this page, it printed a link with the token,
or the file that has the token.
</html>
`);
}
