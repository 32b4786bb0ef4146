import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { ApiHello } from '../../../../src/dashboard/api-types.ts';
import type {
  TabMessage,
  WorkerMessage,
} from '../../../../src/dashboard/web/protocol/worker-messages.ts';
import { Cursor } from '../../../../src/dashboard/web/state/cursor.ts';
import { type Happening, pageOf, stateAfter } from '../../support/sample-histories.ts';
import { present, run } from '../support/sample-fleet.ts';

/** Agents of nine hosts that are suspected and return in turn, without end. */
const happening = (n: number): Happening => ({
  ...{ seq: n + 1, at: 1000 * (n + 1), entity: run(`h${n % 9}`), edges: [], note: undefined },
  ...(Math.floor(n / 9) % 2 === 0
    ? { type: 'regranted', to: present('live') }
    : { type: 'suspected', to: present('live', 'suspect') }),
});

let history: Happening[] = [];
let feed: ((name: string, value: unknown) => void) | undefined;
let failing = false;
const asked: string[] = [];

/** The dashboard server, as the worker sees it. */
async function answer(path: string): Promise<Response> {
  asked.push(path);
  if (failing) return new Response('', { status: 503 });
  const { pathname, searchParams } = new URL(path, 'http://test');
  const number = (name: string) => Number(searchParams.get(name));
  if (pathname === '/api/hello') return Response.json(hello());
  if (pathname === '/api/state') return Response.json(stateAfter(history, number('at')));
  return new Response(`${JSON.stringify(pageOf(history, number('from'), number('to')))}\n`);
}

const hello = (): ApiHello => ({
  ...{ version: '1', name: 'test', mode: 'live', first: 1, last: history.length, charts: {} },
  ...{ firstAt: 0, lastAt: 0, now: 0, actions: false },
});

class Stream {
  constructor() {
    const listeners = new Map<string, (event: { data: string }) => void>();
    this.addEventListener = (name, listen) => void listeners.set(name, listen);
    feed = (name, value) => listeners.get(name)?.({ data: JSON.stringify(value) });
  }
  readonly addEventListener: (name: string, listen: (event: { data: string }) => void) => void;
  close(): void {}
}

let Hub: typeof import('../../../../src/dashboard/web/worker/connection-hub.ts').ConnectionHub;
beforeAll(async () => {
  vi.stubGlobal('self', { location: { search: '' } });
  vi.stubGlobal('fetch', answer);
  vi.stubGlobal('EventSource', Stream);
  // Its watch for silence would never end.
  vi.stubGlobal('setInterval', () => 0);
  Hub = (await import('../../../../src/dashboard/web/worker/connection-hub.ts')).ConnectionHub;
});
afterAll(() => vi.unstubAllGlobals());

const soon = (check: () => void) => vi.waitFor(check, { interval: 5, timeout: 5000 });

/** A page at its newest moment, and the worker that serves it. */
async function open() {
  history = Array.from({ length: 100 }, (_, n) => happening(n));
  failing = false;
  const cursor = new Cursor();
  let resets = 0;
  const send: (message: TabMessage) => void = new Hub(false, {
    ...{ first: 80, most: 120, kept: 40 },
  }).join((message: WorkerMessage) => {
    if (message.is === 'reset') resets += 1;
    cursor.onMessage(message);
  });
  send(cursor.seek('head'));
  await soon(() => expect(cursor.extent?.complete).toBe(true));
  await soon(() => expect(feed).toBeDefined());
  const grow = (count: number) => {
    const before = history.length;
    for (let n = before; n < before + count; n += 1) history.push(happening(n));
    feed?.('batch', pageOf(history, before + 1, history.length));
  };
  const states = () =>
    cursor.fleet.slots().map(({ host, entityState: { state, since } }) => [host, state, since]);
  return { cursor, send, grow, states, resets: () => resets };
}

const expected = () =>
  Array.from({ length: 9 }, (_, n) => {
    const { at, to } = history.findLast((_, place) => place % 9 === n) ?? happening(n);
    return [`h${n}`, to, at];
  });

test('the history of a page that stays open has a limit', async () => {
  const page = await open();
  let most = 0;
  for (let n = 0; n < 30; n += 1) {
    page.grow(14);
    await soon(() => expect(page.cursor.extent?.to).toBe(history.length));
    most = Math.max(most, page.cursor.extent?.rows ?? 0);
    expect(page.states(), `${history.length}`).toEqual(expected());
  }
  expect(history.length).toBe(520);
  expect(most).toBeLessThanOrEqual(120 + 14);
  expect(page.resets()).toBeGreaterThan(3);
  expect(page.cursor.extent?.from).toBeGreaterThan(380);
});

test('the history stays as it is while the server does not send the newest part', async () => {
  const page = await open();
  failing = true;
  for (let n = 0; n < 20; n += 1) page.grow(7);
  await soon(() => expect(page.cursor.extent?.to).toBe(240));
  expect(page.resets()).toBe(0);
  expect(page.states()).toEqual(expected());
  failing = false;
  page.grow(1);
  await soon(() => expect(page.resets()).toBe(1));
  await soon(() => expect(page.cursor.extent?.to).toBe(241));
  expect(page.states()).toEqual(expected());
});

test('a moment in the past stays when the history is replaced', async () => {
  const page = await open();
  page.send(page.cursor.seek(98));
  await soon(() => expect(page.cursor.moment?.seq).toBe(98));
  for (let n = 0; n < 6; n += 1) page.grow(7);
  await soon(() => expect(page.resets()).toBe(1));
  expect(page.cursor.moment).toMatchObject({ seq: 98, at: 98_000, head: false });
  history.length = 98;
  expect(page.states()).toEqual(expected());
});
