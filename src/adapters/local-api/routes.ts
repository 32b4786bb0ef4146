import type { IncomingMessage, ServerResponse } from 'node:http';
import type { z } from 'zod';
import { InstanceId, ServiceName } from '../../domain/identity/names.ts';
import type { Millis } from '../../domain/time.ts';
import { ApiError } from '../http-server/api-error.ts';
import { holdOpen } from './hold-open.ts';
import { openApi } from './openapi.ts';
import type {
  InstanceName,
  RegisteredInstance,
  RegisterRefusal,
  Registrar,
  WriteOutcome,
} from './registrar.ts';
import { parse, readBody } from './request.ts';
import { BeatBody, drainFor, HealthBody, registerBody } from './schemas.ts';

/** What the routes need. */
export interface Api {
  readonly registrar: Registrar;
  /** Parses milliseconds and durations such as `15s`. */
  readonly duration: z.ZodType<Millis>;
}

/** A status and its document; `held`: the response stays open and was begun. */
export type Answer = { readonly status: number; readonly body?: unknown } | 'held';

/** Answers a request. @throws {ApiError} */
export async function route(
  api: Api,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<Answer> {
  const { method = '', url = '' } = request;
  const [path = '', search = ''] = url.split(/\?(.*)/s, 2);
  const [root, version, kind, ...rest] = path.split('/');
  if (root !== '' || version !== 'v1') throw noSuchPath();
  if (rest.length === 0) return readOnly(api, method, kind);
  if (kind !== 'instances' || rest.length > 3) throw noSuchPath();
  const name = nameIn(rest);
  const action = rest[2];
  if (action !== undefined) return act(api, name, action, request, response);
  if (method === 'PUT') return register(api, name, request);
  if (method !== 'DELETE') throw new ApiError('wrong-method', 'use PUT or DELETE');
  const { drain } = Object.fromEntries(new URLSearchParams(search));
  const time = parse(drainFor(api.duration), drain, 'drain');
  return written(await api.registrar.deregister(name, time), api, name);
}

function readOnly({ registrar, duration }: Api, method: string, kind: string | undefined): Answer {
  const documents: Readonly<Record<string, () => unknown>> = {
    agent: () => registrar.identity(),
    instances: () => registrar.list().map(rowOf),
    'openapi.json': () => openApi(duration),
  };
  const document = Object.hasOwn(documents, kind ?? '') ? documents[kind ?? ''] : undefined;
  if (!document) throw noSuchPath();
  if (method !== 'GET' && method !== 'HEAD') throw new ApiError('wrong-method', 'use GET');
  return { status: 200, body: document() };
}

async function act(
  api: Api,
  name: InstanceName,
  action: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<Answer> {
  const { registrar } = api;
  const { method = '' } = request;
  const wanted = Object.hasOwn(methods, action) ? methods[action] : undefined;
  if (wanted === undefined) throw noSuchPath();
  if (method !== wanted) throw new ApiError('wrong-method', `use ${wanted}`);
  if (action === 'health') {
    const health = await readBody(request, HealthBody);
    return written(await registrar.report(name, health), api, name);
  }
  const { health } = await readBody(request, BeatBody);
  const done = registrar.beat(name, health);
  if (done === 'unknown') throw notRegistered(name);
  if (done === 'ended') throw superseded();
  if (action === 'beat') return { status: 204 };
  const attached = registrar.attach(name);
  if (attached === 'unknown') throw notRegistered(name);
  if (attached === 'ended') throw superseded();
  holdOpen(request, response, { ...registrar.identity(), ...name }, attached.detach);
  return 'held';
}

const methods: Readonly<Record<string, string>> = { health: 'PUT', beat: 'POST', attach: 'POST' };

async function register(
  { registrar, duration }: Api,
  name: InstanceName,
  request: IncomingMessage,
): Promise<Answer> {
  const body = await readBody(request, registerBody(duration));
  const { health, ttl, removeAfter, check, ...attributes } = body;
  const spec = { ...attributes, ...name };
  const outcome = await registrar.register({ spec, ttl, removeAfter, health, check });
  if ('refused' in outcome) throw refusal(outcome, name);
  if (outcome.outcome === 'too-large') throw tooLarge(name);
  if (outcome.outcome === 'ended') throw superseded();
  const { host, agent } = registrar.identity();
  if (outcome.outcome !== 'stored') {
    return { status: 202, body: { ...name, host, agent, pending: true } };
  }
  const { run, token, isNew } = outcome;
  return { status: isNew ? 201 : 200, body: { ...name, host, agent, run, token } };
}

function written(
  outcome: WriteOutcome | 'unknown',
  { registrar }: Api,
  name: InstanceName,
): Answer {
  if (outcome === 'unknown') throw notRegistered(name);
  if (outcome.outcome === 'too-large') throw tooLarge(name);
  if (outcome.outcome === 'ended') throw superseded();
  if (outcome.outcome !== 'pending') return { status: 204 };
  const { host, agent } = registrar.identity();
  return { status: 202, body: { ...name, host, agent, pending: true } };
}

const rowOf = (one: RegisteredInstance) => ({
  service: one.spec.service,
  id: one.spec.id,
  address: one.spec.address ?? null,
  port: one.spec.port ?? null,
  labels: one.spec.labels,
  health: {
    state: one.health.state,
    detail: one.health.state === 'failing' ? one.health.detail : null,
  },
  ttl: one.ttl ?? null,
  removeAfter: one.removeAfter ?? (one.ttl === undefined ? null : 10 * one.ttl),
  attached: one.attached,
});

function nameIn([service = '', id = '']: readonly string[]): InstanceName {
  return {
    service: parse(ServiceName, decoded(service), 'service'),
    id: parse(InstanceId, decoded(id), 'id'),
  };
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw new ApiError('bad-request', `the path is not valid: '${part}' is not percent-encoded`);
  }
}

const noSuchPath = () =>
  new ApiError('not-found', 'there is no such path', 'GET /v1/openapi.json lists the paths');

const notRegistered = ({ service, id }: InstanceName) =>
  new ApiError(
    'not-found',
    `${service}/${id} is not registered through this API`,
    'register it again: PUT /v1/instances/SERVICE/ID',
  );

const superseded = () =>
  new ApiError(
    'superseded',
    'the run of this agent is over',
    'use the agent that has its slot now',
  );

const tooLarge = ({ service, id }: InstanceName) =>
  new ApiError(
    'too-large',
    `${service}/${id} is larger than the NATS server accepts (max_payload)`,
  );

function refusal(refused: RegisterRefusal, { service, id }: InstanceName): ApiError {
  if (refused.refused === 'taken') {
    return new ApiError('taken', `${service}/${id} is already registered by ${refused.by}`);
  }
  return new ApiError('too-many', `this agent has ${refused.limit} instances, the most it accepts`);
}
