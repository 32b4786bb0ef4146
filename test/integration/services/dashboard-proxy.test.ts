import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { freePorts } from '../../../tools/bench/environment/free-ports.ts';
import { codeBlock } from '../harness/code-block.ts';
import { rollcall, uiToken } from '../harness/processes.ts';
import { programFor } from '../harness/programs.ts';
import { runProgram } from '../harness/run-program.ts';
import { until } from '../harness/until.ts';

const page = 'docs/how-to/dashboard.md';
const fixture = (name: string) =>
  fileURLToPath(new URL(`../../fixtures/tls/${name}`, import.meta.url));
const [cert, key] = [fixture('certificate.pem'), fixture('key.pem')];
const host = 'rollcall.example';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rollcall-proxy-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

interface Asked {
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string;
}

/** As a browser that resolved the name of the dashboard to this machine. */
function ask(port: number, path: string, { method = 'GET', headers = {}, body }: Asked = {}) {
  const name = `${host}:${port}`;
  const { promise, resolve, reject } = Promise.withResolvers<{
    readonly status: number;
    readonly cookie: string;
    readonly text: string;
  }>();
  const sent = { host: name, ...(method === 'POST' && { origin: `https://${name}` }), ...headers };
  const at = { host: '127.0.0.1', port, path, method, headers: sent, rejectUnauthorized: false };
  const asking = request(at, (response) => {
    const cookie = response.headers['set-cookie']?.[0] ?? '';
    let text = '';
    const end = () => resolve({ status: response.statusCode ?? 0, cookie, text });
    response.setEncoding('utf8').on('data', (piece: string) => {
      text += piece;
      // A stream of events does not end.
      if (text.includes('event: hello')) end();
    });
    response.on('end', end);
  });
  asking.on('error', reject);
  asking.end(body);
  return promise;
}

async function expectSecureLogin(port: number): Promise<void> {
  expect((await ask(port, '/api/hello')).status).toBe(401);
  const { status, cookie } = await ask(port, '/login', {
    method: 'POST',
    body: `token=${uiToken}`,
  });
  expect(status).toBe(303);
  expect(cookie).toMatch(/; HttpOnly; SameSite=Strict; Secure$/);
  const headers = { cookie: cookie.split(';')[0] ?? '' };
  expect((await ask(port, '/api/hello', { headers })).status).toBe(200);
  expect((await ask(port, '/api/stream', { headers })).text).toContain('event: hello');
  const action = { method: 'POST', headers: { ...headers, 'rollcall-request': 'click-0001' } };
  const refused = await ask(port, '/api/actions/sweep', { ...action, body: '{}' });
  expect(JSON.parse(refused.text)).toMatchObject({ message: expect.stringContaining('recording') });
  const elsewhere = { ...action.headers, origin: 'https://evil.example' };
  const foreign = await ask(port, '/api/actions/sweep', { ...action, headers: elsewhere });
  expect(foreign.text).toContain('another site');
}

const ui = (...args: string[]) =>
  rollcall(['ui', '--json', '--sample', '--port', '0', '--host-name', host, ...args], {
    XDG_STATE_HOME: folder,
  });
const portOf = async (running: ReturnType<typeof ui>) =>
  Number(new URL(String((await running.ready)['dashboard'])).port);

describe('the dashboard', () => {
  it('with a certificate of its own is served with TLS only, and its cookie is Secure', async () => {
    await using running = ui('--dashboard-tls-cert', cert, '--dashboard-tls-key', key);
    expect((await running.ready)['dashboard']).toMatch(/^https:/);
    const port = await portOf(running);
    await expectSecureLogin(port);
    await expect(fetch(`http://127.0.0.1:${port}/`)).rejects.toThrow();
  });

  it('refuses a certificate without its key, and a file that is none', async () => {
    await using alone = ui('--dashboard-tls-cert', cert);
    expect(await alone.exited).toBe(2);
    expect(alone.stderr).toContain('give both --dashboard-tls-cert and --dashboard-tls-key');
    await using wrong = ui('--dashboard-tls-cert', cert, '--dashboard-tls-key', cert);
    expect(await wrong.exited).toBe(2);
    expect(wrong.stderr).toContain('cannot be used for TLS');
  });

  it('behind nginx with the configuration of the documentation is the same for a browser', async (context) => {
    const nginx = await programFor(context, 'nginx');
    await using running = ui();
    const [port = 0] = await freePorts(1);
    await mkdir(join(folder, 'logs'));
    const server = (await codeBlock(page, 'nginx'))
      .replace('listen 443 ssl', `listen 127.0.0.1:${port} ssl`)
      .replace('/etc/ssl/rollcall.pem', cert)
      .replace('/etc/ssl/rollcall.key', key)
      .replaceAll('127.0.0.1:4280', `127.0.0.1:${await portOf(running)}`);
    const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
      .map((name) => `${name}_temp_path ${folder}/${name};`)
      .join(' ');
    const user = process.getuid?.() === 0 ? 'user root;' : '';
    const config = `daemon off; pid ${folder}/nginx.pid; error_log stderr; ${user}
events {}
http { access_log off; ${temporary}
${server}
}
`;
    const file = join(folder, 'nginx.conf');
    await writeFile(file, config);
    await using proxy = runProgram(nginx, ['-p', folder, '-e', 'stderr', '-c', file]);
    await until('nginx answers', () =>
      ask(port, '/').then(
        ({ status }) => status === 200,
        () => {
          if (proxy.output.includes('[emerg]')) throw new Error(proxy.output);
          return false;
        },
      ),
    );
    await expectSecureLogin(port);
  });
});
