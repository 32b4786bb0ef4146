import { request as ask, type IncomingMessage } from 'node:http';
import { layoutChart } from '../../../../src/adapters/chart-rendering/elk-layout.ts';
import { HistoryIndex } from '../../../../src/dashboard/server/history/history-index.ts';
import { Notifier } from '../../../../src/dashboard/server/history/ingest.ts';
import type { Source } from '../../../../src/dashboard/server/history/live-source.ts';
import type { PageEvent } from '../../../../src/dashboard/server/history/to-row.ts';
import { Assets } from '../../../../src/dashboard/server/http/assets.ts';
import {
  type HttpServerOptions,
  startHttpServer,
} from '../../../../src/dashboard/server/http-server.ts';
import { chartImageCache } from '../../../../src/dashboard/server/routes/chart-images.ts';
import { Streams } from '../../../../src/dashboard/server/routes/event-stream.ts';
import { GcPlans } from '../../../../src/dashboard/server/routes/gc-plans.ts';
import type { Api } from '../../../../src/dashboard/server/routes.ts';
import { AgentName, HostId, RunId } from '../../../../src/domain/identity/names.ts';

export const runRef = (n: number) => ({
  host: HostId.parse(`h${n}`),
  agent: AgentName.parse('a'),
  run: RunId.parse(`run${String(n).padStart(6, '0')}`),
});

/** A transition of the n-th run of a fleet. */
export const transition = (n: number, type: string, to: string): PageEvent => ({
  entity: { entity: 'run', ...runRef(n) },
  type,
  to,
  chart: 'c0ffee000000',
  edges: [`run.${to}|${type}|0`],
  note: n % 2 === 0 ? { why: `because ${n}` } : {},
});

/** A history that a test writes. */
export class WrittenSource implements Source {
  readonly name = 'a test';
  readonly mode = 'live';
  readonly history = {
    async *read() {},
    range: async () => ({ first: 0, last: 0 }),
  };
  readonly keyframes = undefined;
  readonly charts = undefined;
  readonly bell = new Notifier();
  readonly caughtUp = Promise.resolve();
  readonly #index: HistoryIndex;
  #resets = { count: 0, reason: '' };

  constructor(index = new HistoryIndex()) {
    this.#index = index;
  }

  index() {
    return this.#index;
  }

  write(...some: readonly PageEvent[]): void {
    for (const one of some) {
      const seq = this.#index.last + 1;
      this.#index.append(seq, 1000 * seq, one);
    }
    this.bell.ring();
  }

  reset(reason: string): void {
    this.#resets = { count: this.#resets.count + 1, reason };
    this.bell.ring();
  }

  resets = () => this.#resets;
  now = () => 5;
  storeAwaySince = () => null;
  outages = () => [];
  seats = () => ['run000000001'];
  seatSeen = () => new Map<string, number>();
}

const files = new Map([
  ['index.html', Buffer.from('<!doctype html><title>Rollcall</title>')],
  ['main.js', Buffer.from('// '.padEnd(4000, 'x'))],
  ['inter-ABCD2345.woff2', Buffer.from('font')],
]);

export const apiOf = (source: Source, more: Partial<Api> = {}): Api => ({
  version: '0',
  source,
  actions: undefined,
  why: 'not here',
  plans: new GcPlans(source, undefined),
  subjectsOf: (name) => [name],
  sentencesOf: async () => [],
  streams: new Streams(),
  draw: chartImageCache((chart, collapsed) => layoutChart(chart, { collapsed })),
  ...more,
});

export const logged: unknown[] = [];
const log = { debug() {}, info() {}, warn: (...what: unknown[]) => void logged.push(what) };

export const served = (api: Api, more: Partial<HttpServerOptions> = {}) =>
  startHttpServer({
    flag: '--port',
    host: '127.0.0.1',
    port: 0,
    names: [],
    tokens: {},
    tls: undefined,
    clock: { monotonic: () => performance.now() },
    assets: new Assets(files),
    apis: { '': async () => api },
    log,
    ...more,
  });

export interface Answer {
  readonly status: number;
  readonly headers: IncomingMessage['headers'];
  readonly text: string;
}

/** As any program asks: every header is its own to say. */
export function fetched(
  url: string,
  path: string,
  { method = 'GET', headers = {}, body }: { method?: string; headers?: object; body?: string } = {},
): Promise<Answer> {
  const { hostname, port } = new URL(url);
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const asking = ask({ hostname, port, path, method, headers: { ...headers } }, (response) => {
    const pieces: Buffer[] = [];
    response.on('data', (piece) => pieces.push(piece));
    response.on('end', () =>
      resolve({
        status: response.statusCode ?? 0,
        headers: response.headers,
        text: Buffer.concat(pieces).toString(),
      }),
    );
    response.on('error', reject);
  });
  asking.on('error', reject);
  asking.end(body);
  return promise;
}
