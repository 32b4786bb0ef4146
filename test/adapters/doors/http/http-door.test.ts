import { request } from 'node:http';
import { connect } from 'node:net';
import { describe, expect, test } from 'vitest';
import { rowOf } from '../support/fake-view.ts';
import { openDoor } from '../support/open-door.ts';

const ids = ({ body }: { body: { instances: { id: string }[] } }) =>
  body.instances.map(({ id }) => id).join(' ');

describe('the HTTP door', () => {
  test.each([
    '/v1/services',
    '/v1/services/web/instances?policy=any',
    '/v1/services/web/pick',
    '/v1/watch?service=web',
    '/v1/prometheus/targets',
    '/v1/health',
  ])('answers 503 to %s until the view is complete (G13)', async (path) => {
    await using door = await openDoor();
    door.view.status = { isComplete: false, age: 0, observed: false, source: 'snapshot' };
    const { status, body } = await door.get(path);
    expect(status).toBe(503);
    if (path !== '/v1/health') expect(body).toMatchObject({ error: 'not-complete' });
  });

  test('lists services with their counts', async () => {
    await using door = await openDoor();
    const silent = { state: 'dubious', reason: 'silent' } as const;
    door.view.set('web', rowOf('web/1'), rowOf('web/2', silent));
    door.view.set('db', rowOf('db/1', { ...silent, keptSince: 7 }));
    const { body, headers } = await door.get('/v1/services');
    expect(body).toEqual([
      { service: 'db', live: 0, dubious: 0, failing: 0, draining: 0, kept: 1 },
      { service: 'web', live: 1, dubious: 1, failing: 0, draining: 0, kept: 0 },
    ]);
    expect(headers.get('x-rollcall-age-ms')).toBe('5');
    expect(headers.get('x-rollcall-observed')).toBe('true');
    expect(headers.get('cache-control')).toBe('no-store');
  });

  test('returns all rows, or those that a policy allows, or those with a label', async () => {
    await using door = await openDoor();
    const silent = { state: 'dubious', reason: 'silent' } as const;
    door.view.set(
      'a b/ü',
      rowOf('x/1', { service: 'a b/ü', labels: { version: '2' } }),
      rowOf('x/2', { service: 'a b/ü', ...silent }),
    );
    const path = `/v1/services/${encodeURIComponent('a b/ü')}/instances`;
    expect(ids(await door.get(path))).toBe('1 2');
    expect(ids(await door.get(`${path}?policy=prefer-live`))).toBe('1');
    expect(ids(await door.get(`${path}?policy=any&label.version=2`))).toBe('1');
    expect(ids(await door.get(`${path}?label.version=3`))).toBe('');
    expect(ids(await door.get(`${path}?label.constructor=2`))).toBe('');
    const { body, headers } = await door.get(path);
    expect(body).toMatchObject({ age: 5, observed: true, kept: false });
    expect(headers.get('x-rollcall-index')).toBe(body.index);
    const tag = headers.get('etag') ?? '';
    expect((await door.get(path, { headers: { 'if-none-match': tag } })).status).toBe(304);
  });

  test('returns kept instances with a policy, and marks them as kept', async () => {
    await using door = await openDoor();
    const kept = { state: 'dubious', reason: 'silent', keptSince: 7 } as const;
    door.view.set('web', rowOf('web/1', kept));
    expect((await door.get('/v1/services/web/instances')).body.instances).toEqual([]);
    const { body } = await door.get('/v1/services/web/instances?policy=prefer-live');
    expect(body).toMatchObject({ kept: true, instances: [{ id: '1', keptSince: 7 }] });
    expect((await door.get('/v1/services/web/pick')).body).toMatchObject({ id: '1' });
  });

  test('picks an instance, or reports that none is usable', async () => {
    await using door = await openDoor();
    door.view.set('web', rowOf('web/1', { state: 'dubious', reason: 'silent' }));
    expect((await door.get('/v1/services/web/pick')).body).toMatchObject({ id: '1' });
    const none = await door.get('/v1/services/web/pick?policy=strict');
    expect(none.status).toBe(404);
    expect(none.body).toMatchObject({ error: 'none-usable', hint: expect.any(String) });
  });

  test('lists no instance with an unsafe address as usable', async () => {
    await using door = await openDoor();
    const address = '127.0.0.1 port 80; set server web/victim state maint';
    door.view.set('web', rowOf('web/1', { address }), rowOf('web/2'));
    expect(ids(await door.get('/v1/services/web/instances?policy=any'))).toBe('2');
    expect(ids(await door.get('/v1/services/web/instances'))).toBe('1 2');
    expect(door.view.logged).toMatchObject([{ event: 'row-left-out', why: 'bad-address' }]);
  });

  test('answers a request that waits when its service changes, not when another does', async () => {
    await using door = await openDoor();
    door.view.set('web', rowOf('web/1'));
    const path = '/v1/services/web/instances';
    const { body } = await door.get(path);
    let isOver = false;
    const waiting = door.get(`${path}?index=${body.index}&wait=30s`).then((answer) => {
      isOver = true;
      return answer;
    });
    while (door.view.listeners === 0) await new Promise((resolve) => setImmediate(resolve));
    door.view.set('db', rowOf('db/1'));
    await door.get(path);
    expect(isOver).toBe(false);
    door.view.set('web', rowOf('web/1'), rowOf('web/2'));
    const answer = await waiting;
    expect(ids(answer)).toBe('1 2');
    expect(answer.body.index).not.toBe(body.index);
    expect(door.view.listeners).toBe(0);
  });

  test('answers at once to an index of another process, and when the time to wait is over', async () => {
    await using door = await openDoor();
    const path = '/v1/services/web/instances';
    const { body } = await door.get(path);
    expect((await door.get(`${path}?index=other000-1&wait=10m`)).status).toBe(200);
    expect((await door.get(`${path}?index=${body.index}&wait=30`)).body.index).toBe(body.index);
    expect((await door.get(`${path}?wait=11m`)).body).toMatchObject({
      error: 'bad-request',
      message: expect.stringContaining('at most 10m'),
    });
  });

  test('streams the newest set to a client that reads slowly, never a queue', async () => {
    await using door = await openDoor();
    const { port } = new URL(door.url);
    const socket = connect(Number(port), '127.0.0.1');
    socket.write('GET /v1/watch?service=web HTTP/1.1\r\nhost: localhost\r\n\r\n');
    while (door.view.listeners === 0) await new Promise((resolve) => setImmediate(resolve));
    socket.pause();
    const label = { big: 'x'.repeat(100_000) };
    for (let n = 1; n <= 300; n += 1) {
      door.view.set('web', rowOf(`web/${n}`, { labels: label }));
      if (n % 20 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    let text = '';
    const newest = Promise.withResolvers<void>();
    socket.setEncoding('utf8').on('data', (more) => {
      text += more;
      if (text.includes('"id":"300"')) newest.resolve();
    });
    socket.resume();
    await newest.promise;
    expect(text.split('event: instances').length - 1).toBeLessThan(150);
    expect(text).toMatch(/id: boot0000-\d+\nevent: instances\ndata: \{/);
    socket.destroy();
    while (door.view.listeners > 0) await new Promise((resolve) => setImmediate(resolve));
  });

  test('refuses what it does not serve, with a code, a message and what to do', async () => {
    await using door = await openDoor({ token: 'secret-token-0001' });
    const headers = { authorization: 'Bearer secret-token-0001' };
    const get = (path: string, more: RequestInit = {}) =>
      door.get(path, { ...more, headers: { ...headers, ...more.headers } });
    const error = async (answer: ReturnType<typeof get>) => (await answer).body?.error;
    expect((await get('/v1/health')).status).toBe(200);
    expect((await door.get('/v1/health')).status).toBe(401);
    expect(await error(door.get('/v1/health', { headers: { authorization: 'Bearer x' } }))).toBe(
      'unauthorised',
    );
    expect(await error(get('/v1/health', { headers: { origin: 'http://evil' } }))).toBe(
      'forbidden',
    );
    expect((await get('/v1/services', { method: 'POST', body: 'x' })).status).toBe(405);
    expect((await get('/v1/services', { method: 'HEAD' })).status).toBe(200);
    for (const path of ['/', '/v1', '/v2/services', '/v1/services/web/instances/1', '/v1/x'])
      expect(await error(get(path))).toBe('not-found');
    for (const query of ['policy=best', 'wait=x', 'nonsense=1', 'policy=any&policy=x'])
      expect(await error(get(`/v1/services/web/instances?${query}`))).toBe('bad-request');
    expect(await error(get('/v1/services/%ff/pick'))).toBe('bad-request');
    expect(await error(get('/v1/services/%00/pick'))).toBe('bad-request');
    expect(await error(get(`/v1/${'x'.repeat(17_000)}`))).toBe('too-long');
  });

  test('refuses another name in the Host header, unless it is one of its own', async () => {
    await using door = await openDoor({ names: ['rollcall.example'] });
    const statusFor = (host: string) =>
      new Promise((resolve) => {
        request(`${door.url}/v1/health`, { headers: { host } }, ({ statusCode }) =>
          resolve(statusCode),
        ).end();
      });
    expect(await statusFor('evil.example')).toBe(403);
    expect(await statusFor('rollcall.example:8601')).toBe(200);
    expect(await statusFor('[::1]:8601')).toBe(200);
  });
});
