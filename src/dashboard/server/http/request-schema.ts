import type { IncomingMessage } from 'node:http';
import { z } from 'zod';
import { ApiError } from '../../../adapters/http-server/api-error.ts';
import { HostId } from '../../../domain/identity/names.ts';

const sequence = z.coerce.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER);
const some = (from: number, to: number, otherwise: number) =>
  z.coerce.number().int().min(from).max(to).default(otherwise);

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }) !== undefined;
  } catch {
    return false;
  }
}

/** The parameters that each path accepts. */
export const queries = {
  stream: z.object({ after: sequence.optional() }),
  audit: z.object({
    from: sequence.optional(),
    to: sequence.optional(),
    before: sequence.optional(),
    limit: some(1, 100_000, 5000),
    full: z.literal('1').optional(),
    /** Only of `full`: the events that were stored in this time, both ends included. */
    since: sequence.optional(),
    until: sequence.optional(),
  }),
  state: z.object({ at: sequence.optional(), time: sequence.optional() }),
  entity: z.object({
    name: z.string().min(1).max(4096).optional(),
    host: HostId.optional(),
    all: z.literal('1').optional(),
    before: sequence.optional(),
    limit: some(1, 500, 100),
  }),
  density: z.object({
    bins: some(1, 2000, 400),
    from: sequence.optional(),
    to: sequence.optional(),
  }),
  plan: z.object({ at: sequence.optional(), time: sequence.optional() }),
  explain: z.object({
    entity: z.string().min(1).max(8192),
    at: sequence.optional(),
  }),
  why: z.object({
    kind: z.enum(['agent', 'instance']),
    name: z.string().min(1).max(4096),
    at: sequence.optional(),
    /** The moment that ages count to; without it the time of event `at`. */
    time: sequence.optional(),
    /** Of the times in the sentences: `Europe/Berlin`. */
    zone: z.string().max(100).refine(isTimeZone, 'no such time zone').optional(),
  }),
  drawing: z.object({
    collapsed: z.string().max(2000).optional(),
    theme: z.enum(['css', 'light', 'dark']).default('css'),
  }),
} as const;

/** @throws {ApiError} `bad-request` with the name of the invalid parameter */
export function readQuery<S extends z.ZodType>(rule: S, query: URLSearchParams): z.output<S> {
  const read = rule.safeParse(Object.fromEntries(query));
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw new ApiError('bad-request', `${issue?.path.join('.')}: ${issue?.message}`);
}

const mostBody = 16 * 1024;

/** The request's document. @throws {ApiError} `too-large`, `bad-request` */
export async function readBody<S extends z.ZodType>(
  request: IncomingMessage,
  rule: S,
): Promise<z.output<S>> {
  let value: unknown;
  try {
    value = JSON.parse(await readText(request));
  } catch (cause) {
    if (cause instanceof ApiError) throw cause;
    throw new ApiError('bad-request', 'the request body is not JSON');
  }
  const read = rule.safeParse(value);
  if (read.success) return read.data;
  const [issue] = read.error.issues;
  throw new ApiError('bad-request', `${issue?.path.join('.')}: ${issue?.message}`);
}

/** @throws {ApiError} `too-large` */
export async function readText(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of request as AsyncIterable<Buffer>) {
    length += piece.length;
    if (length > mostBody)
      throw new ApiError('too-large', `the request body must have at most ${mostBody} bytes`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString('utf8');
}
