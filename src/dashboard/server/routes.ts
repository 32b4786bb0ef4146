import { ApiError } from '../../adapters/http-server/api-error.ts';
import { dotOf } from '../../charts/text/dot.ts';
import { mermaidOf } from '../../charts/text/mermaid.ts';
import { Fault } from '../../domain/fault.ts';
import { encodeSubjectToken } from '../../domain/identity/subject-token.ts';
import type { Revision, WallTime } from '../../domain/time.ts';
import type { ApiEventList, ApiHello, ApiWhy } from '../api-types.ts';
import type { Source } from './history/live-source.ts';
import { densityOf, stateOfAll } from './history/pages.ts';
import type { Role } from './http/auth.ts';
import type { RequestContext } from './http/request-context.ts';
import { queries, readQuery } from './http/request-schema.ts';
import { sendBody, sendJson } from './http/respond.ts';
import type { Actions } from './routes/actions.ts';
import { causesOf } from './routes/causes.ts';
import type { Draw } from './routes/chart-images.ts';
import { findChart, todaysCharts } from './routes/chart-lookup.ts';
import { type Streams, streamEvents } from './routes/event-stream.ts';
import { eventAt, eventDocument, eventsOf } from './routes/events.ts';
import { explain } from './routes/explain.ts';
import { sendHistory } from './routes/export.ts';
import type { GcPlans, PlanMoment } from './routes/gc-plans.ts';
import { whyParts } from './routes/why-parts.ts';

/** What the API serves for one history. */
export interface Api {
  readonly version: string;
  readonly source: Source;
  /** Absent: actions are not available; `why` is the reason. */
  readonly actions: Actions | undefined;
  readonly why: string;
  readonly plans: GcPlans;
  /**
   * The subjects of an entity's events, by its name; `all`: also those of everything that belongs to it.
   * @throws {Fault} `bad-name`
   */
  readonly subjectsOf: (name: string, all: boolean) => readonly string[];
  /**
   * The sentences of `rollcall why` about an agent or instance after an event; `at` undefined: the present.
   * A list for each registration.
   * @throws {Fault} `bad-name`, `not-found`, `event-unreadable`
   */
  readonly sentencesOf: (
    of: {
      kind: 'agent' | 'instance';
      name: string;
      at: Revision | undefined;
      /** The moment that ages count to; undefined: the time of event `at`. */
      time: WallTime | undefined;
      /** Of the times in the sentences; undefined: that of this process. */
      zone: string | undefined;
    },
    signal: AbortSignal,
  ) => Promise<readonly (readonly string[])[]>;
  readonly streams: Streams;
  readonly draw: Draw;
}

type Route = (api: Api, call: RequestContext, rest: string) => Promise<void>;

const routes: Readonly<Record<string, Route>> = {
  hello: async (api, { request, response, role }) =>
    sendJson(request, response, helloOf(api, role)),
  stream: async (api, { request, response, query, role }) => {
    const { after } = readQuery(queries.stream, query);
    const last = request.headers['last-event-id'];
    const resumed = typeof last === 'string' && /^\d{1,15}$/.test(last) ? Number(last) : after;
    await api.streams.run(() =>
      streamEvents(
        request,
        response,
        api.source,
        resumed,
        () => helloOf(api, role),
        api.streams.pace,
      ),
    );
  },
  audit: async (api, call) => sendHistory(api.source, call),
  state: async ({ source }, { request, response, query }) => {
    const { at, time } = readQuery(queries.state, query);
    const index = source.index();
    const upTo = time === undefined ? { seq: at ?? index.last } : { at: time };
    await sendJson(request, response, stateOfAll(index, index.stateAt(upTo)));
  },
  event: async ({ source }, { request, response }, rest) => {
    await sendJson(request, response, eventDocument(await eventAt(source.history, placeIn(rest))));
  },
  causes: async ({ source }, { request, response }, rest) => {
    await sendJson(request, response, await causesOf(source, placeIn(rest)));
  },
  entity: async ({ source, subjectsOf }, { request, response, query }) => {
    const {
      name,
      host,
      all,
      before = Number.MAX_SAFE_INTEGER,
      limit,
    } = readQuery(queries.entity, query);
    if ((name === undefined) === (host === undefined))
      throw new ApiError('bad-request', 'give either a name or a host');
    const subjects =
      host === undefined ? subjectsOf(name ?? '', all === '1') : [`${encodeSubjectToken(host)}.>`];
    const found = await eventsOf(source, subjects, before, limit + 1);
    const events = found.slice(0, limit).map(eventDocument);
    const answer: ApiEventList = { events, more: found.length > limit };
    await sendJson(request, response, answer);
  },
  density: async ({ source }, { request, response, query }) => {
    const index = source.index();
    const { bins, from = index.firstAt, to = index.lastAt } = readQuery(queries.density, query);
    await sendJson(request, response, densityOf(index, from, to, bins));
  },
  plan: async ({ plans }, { request, response, query, signal }) => {
    await sendJson(request, response, await plans.plan(planMoment(query), signal));
  },
  brakes: async ({ plans }, { request, response, query, signal }) => {
    await sendJson(request, response, await plans.brakes(planMoment(query), signal));
  },
  explain: async ({ source }, { request, response, query }) => {
    const { entity, at } = readQuery(queries.explain, query);
    await sendJson(request, response, await explain(source, entity, at));
  },
  why: async ({ source, sentencesOf }, { request, response, query, signal }) => {
    const asked = readQuery(queries.why, query);
    const { kind, name, time, zone } = asked;
    const at = asked.at ?? (source.mode === 'live' ? undefined : source.index().last);
    // An agent or instance without records and events is no mistake of the page: there is nothing to explain.
    const found = await sentencesOf({ kind, name, at, time, zone }, signal).catch(
      (cause: unknown) => {
        if (cause instanceof Fault && cause.code === 'not-found') return [];
        throw cause;
      },
    );
    const answer: ApiWhy = { found: found.map((one) => whyParts(one, asked)) };
    await sendJson(request, response, answer);
  },
  charts: async ({ draw, source }, { request, response, query }, rest) => {
    const [, hash = '', as] = /^([0-9a-f]{12})\.(json|svg|mmd|dot)$/.exec(rest) ?? [];
    const chart = await findChart(hash, source.charts);
    if (!chart) throw new ApiError('not-found', 'no chart has this machine and hash');
    if (as === 'json') return sendJson(request, response, chart, { cache: forever });
    if (as !== 'svg') {
      const text =
        as === 'dot' ? dotOf(chart) : `%% ${chart.machine} #${hash}\n${mermaidOf(chart)}`;
      const type = 'text/plain; charset=utf-8';
      return sendBody(request, response, Buffer.from(text), { type, cache: forever });
    }
    const { collapsed = '', theme } = readQuery(queries.drawing, query);
    const svg = await draw(chart, collapsed.split(',').filter(Boolean), theme);
    await sendBody(request, response, svg, { type: 'image/svg+xml', cache: forever });
  },
};

/** @returns undefined for the present @throws {ApiError} `bad-request` */
function planMoment(query: URLSearchParams): PlanMoment | undefined {
  const { at, time } = readQuery(queries.plan, query);
  return at === undefined ? undefined : { at, time };
}

/** @throws {ApiError} `bad-request` */
function placeIn(text: string): number {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  throw new ApiError('bad-request', 'an event is identified by its sequence');
}

/** For content that is identified by its hash and never changes. */
const forever = 'private, max-age=31536000, immutable';

/** Answers a request below `/api/`. @throws {ApiError} and what the route throws */
export async function handleApiRequest(
  api: Api,
  path: string,
  call: RequestContext,
): Promise<void> {
  const [, name = '', rest = ''] = /^([a-z]+)(?:\/(.*))?$/s.exec(path) ?? [];
  if (name === 'actions') return act(api, rest, call);
  if (call.request.method !== 'GET' && call.request.method !== 'HEAD') {
    throw new ApiError('wrong-method', 'this path is read-only: use GET');
  }
  const route = Object.hasOwn(routes, name) ? routes[name] : undefined;
  if (!route) throw new ApiError('not-found', 'the API has no such path');
  return route(api, call, rest);
}

async function act(
  { actions, why }: Api,
  name: string,
  { request, response, role }: RequestContext,
): Promise<void> {
  if (request.method !== 'POST') throw new ApiError('wrong-method', 'actions need the method POST');
  if (role !== 'act')
    throw new ApiError('forbidden', 'your token may look at this dashboard, and not act on it');
  if (!actions) throw new ApiError('forbidden', why);
  await sendJson(request, response, await actions.take(name, request));
}

function helloOf({ version, source, actions }: Api, role: Role): ApiHello {
  const index = source.index();
  const { first, last, firstAt, lastAt } = index;
  return {
    version,
    name: source.name,
    mode: source.mode,
    ...(source.notice !== undefined && { notice: source.notice }),
    ...{ first, last, firstAt, lastAt },
    now: source.now(),
    actions: actions !== undefined && role === 'act',
    charts: todaysCharts,
  };
}
