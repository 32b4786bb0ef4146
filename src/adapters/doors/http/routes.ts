import type { IncomingMessage, ServerResponse } from 'node:http';
import type { InstanceRow } from '../../../domain/fleet/directory-rows.ts';
import type { PickPolicy } from '../../../domain/fleet/pick.ts';
import { compareInstances, compareText } from '../../../domain/fleet/row-order.ts';
import { ServiceName } from '../../../domain/identity/names.ts';
import type { ServiceView } from '../../../ports/service-view.ts';
import { ApiError } from '../../http-server/api-error.ts';
import type { ChangeWaiters } from './change-waiters.ts';
import { sendEvents } from './event-stream.ts';
import { openApi } from './openapi.ts';
import { prometheusTargets } from './prometheus-targets.ts';
import { hasLabels, type Labels, type queriesWith, readQuery } from './queries.ts';

/** What the routes need. */
export interface Api {
  readonly view: ServiceView;
  readonly queries: ReturnType<typeof queriesWith>;
  /** The policy of a request that names none and of which one is needed. */
  readonly policy: PickPolicy;
  readonly waiters: ChangeWaiters;
  /** Differs in each process, so that an index of an earlier one is never equal. */
  readonly boot: string;
  readonly fraction: () => number;
}

/** A status, its document and its index; `held`: the response was begun and stays open. */
export type Answer =
  | { readonly status: number; readonly body: unknown; readonly index?: string }
  | 'held';

export interface ApiRequest {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  /** Aborts when the client is gone. */
  readonly signal: AbortSignal;
}

/** Answers a request. @throws {ApiError} */
export async function route(api: Api, { request, response, signal }: ApiRequest): Promise<Answer> {
  const [path = '', search = ''] = (request.url ?? '').split(/\?(.*)/s, 2);
  const query = new URLSearchParams(search);
  const [root, version, kind, name, action, ...rest] = path.split('/');
  if (root !== '' || version !== 'v1' || rest.length > 0) throw noSuchPath();
  const where = [kind, name === undefined ? '' : '*', action ?? ''].join('/');
  switch (where) {
    case 'health//':
      return health(api, query);
    case 'openapi.json//':
      return { status: 200, body: openApi(api.queries) };
    case 'services//':
      return services(api, query);
    case 'services/*/instances':
      return instances(api, serviceIn(name), query, signal);
    case 'services/*/pick':
      return pick(api, serviceIn(name), query);
    case 'watch//':
      return watch(api, query, { request, response, signal });
    default:
      if (path === '/v1/prometheus/targets') return targets(api, query);
      throw noSuchPath();
  }
}

const noSuchPath = () =>
  new ApiError('not-found', 'there is no such path', 'GET /v1/openapi.json lists all');

function health({ view, queries }: Api, query: URLSearchParams): Answer {
  readQuery(queries.none, query);
  const { isComplete, age, observed, source } = view.status;
  const body = { complete: isComplete, age: Math.round(age), observed, source };
  return { status: isComplete ? 200 : 503, body };
}

function services(api: Api, query: URLSearchParams): Answer {
  const { view, queries, policy } = api;
  readQuery(queries.none, query);
  needComplete(view);
  const body = [...view.services()].toSorted(compareText).map((service) => {
    const rows = Object.groupBy(view.rows(service), ({ state }) => state);
    const { live = [], dubious = [], failing = [], draining = [] } = rows;
    const kept = view.usable('http', service, policy).filter(isKept).length;
    return {
      ...{ service, live: live.length, dubious: dubious.length },
      ...{ failing: failing.length, draining: draining.length, kept },
    };
  });
  return { status: 200, body };
}

async function instances(
  api: Api,
  service: ServiceName,
  query: URLSearchParams,
  signal: AbortSignal,
): Promise<Answer> {
  const { view, queries, waiters, fraction } = api;
  const { policy, index, wait, labels } = readQuery(queries.instances, query);
  needComplete(view);
  // Clients that wait for as long do not all come back at the same moment.
  if (index === indexOf(api, service))
    await waiters.change(service, wait * (1 + fraction() / 16), signal);
  return instancesNow(api, service, policy, labels);
}

function instancesNow(
  api: Api,
  service: string,
  policy: PickPolicy | undefined,
  labels: Labels,
): Answer & { readonly index: string; readonly body: object } {
  const { view } = api;
  const rows = policy
    ? view.usable('http', service, policy)
    : view.rows(service).toSorted(compareInstances);
  const chosen = rows.filter((row) => hasLabels(row, labels));
  const { age, observed } = view.status;
  const index = indexOf(api, service);
  const kept = chosen.some(isKept);
  const body = { index, age: Math.round(age), observed, kept, instances: chosen };
  return { status: 200, index, body };
}

function pick(api: Api, service: ServiceName, query: URLSearchParams): Answer {
  const { view, queries, fraction } = api;
  const { policy = api.policy, labels } = readQuery(queries.pick, query);
  needComplete(view);
  const usable = view.usable('http', service, policy).filter((row) => hasLabels(row, labels));
  const body = usable[Math.floor(fraction() * usable.length)];
  if (body) return { status: 200, body };
  throw new ApiError(
    'none-usable',
    `no instance of '${service}' may be used with the policy ${policy}`,
    `GET /v1/services/${encodeURIComponent(service)}/instances shows all of them, with reasons`,
  );
}

async function watch(api: Api, query: URLSearchParams, at: ApiRequest): Promise<Answer> {
  const { view, queries, waiters } = api;
  const { service, policy, labels } = readQuery(queries.watch, query);
  needComplete(view);
  using _ = waiters.enter();
  if (at.request.method === 'HEAD') return { status: 200, body: null };
  const current = () => {
    const { index, body } = instancesNow(api, service, policy, labels);
    return { index, document: body };
  };
  await sendEvents(
    at.request,
    at.response,
    { 'cache-control': 'no-store' },
    {
      ...{ view, service, current },
    },
  );
  return 'held';
}

function targets({ view, queries }: Api, query: URLSearchParams): Answer {
  const { service, state, labels } = readQuery(queries.targets, query);
  needComplete(view);
  const all = prometheusTargets(
    view,
    service === undefined ? view.services() : [service],
    'prometheus',
  );
  const body = all
    .filter(({ endpoint: { row } }) => hasLabels(row, labels) && (!state || row.state === state))
    .map(({ group }) => group);
  return { status: 200, body };
}

const isKept = ({ keptSince }: InstanceRow): boolean => keptSince !== undefined;

const indexOf = ({ boot, view }: Api, service: string): string =>
  `${boot}-${view.version(service)}`;

/** An empty answer would mean that there are no instances, which is not known. */
function needComplete({ status }: ServiceView): void {
  if (status.isComplete) return;
  throw new ApiError(
    'not-complete',
    'the registry has not been read completely yet',
    'try again; GET /v1/health says when it is complete',
  );
}

function serviceIn(text = ''): ServiceName {
  let name: string;
  try {
    name = decodeURIComponent(text);
  } catch {
    throw new ApiError('bad-request', 'the name of the service is not percent-encoded UTF-8');
  }
  const read = ServiceName.safeParse(name);
  if (read.success) return read.data;
  throw new ApiError('bad-request', read.error.issues[0]?.message ?? 'not a name of a service');
}
