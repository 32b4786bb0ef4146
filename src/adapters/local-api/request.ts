import type { IncomingMessage } from 'node:http';
import type { z } from 'zod';
import { Fault } from '../../domain/fault.ts';
import { readJson } from '../../domain/json.ts';
import { formatParseError } from '../../domain/records/schema-problems.ts';
import { checkHost } from '../http-server/access.ts';
import { ApiError } from '../http-server/api-error.ts';

const mostBody = 64 * 1024;

/**
 * Refuses requests that a web page may have sent: with the origin of a page, or with another name in the
 * Host header than localhost. @throws {ApiError} `forbidden`
 */
export function refuseWebPages({ headers }: IncomingMessage): void {
  if (headers.origin !== undefined || headers['sec-fetch-site'] !== undefined) {
    throw new ApiError('forbidden', 'the request comes from a web page');
  }
  checkHost(headers, [], 'use the address of the agent, such as 127.0.0.1');
}

/**
 * The document of a request; without a body, `{}`. A form of a web page cannot be sent as JSON.
 * @throws {ApiError} `not-json`, `too-large`, `bad-request` with the field and the rule
 */
export async function readBody<S extends z.ZodType>(
  request: IncomingMessage,
  schema: S,
): Promise<z.output<S>> {
  const text = await readText(request);
  const type = request.headers['content-type'] ?? '';
  if (text !== '' && !/^application\/json\s*(;|$)/i.test(type)) {
    throw new ApiError(
      'not-json',
      'the request body must be JSON',
      'send content-type: application/json (curl --json does)',
    );
  }
  return parse(schema, text === '' ? {} : jsonOf(text), '');
}

/** Checks a value of a request. @throws {ApiError} `bad-request` with the field and the rule */
export function parse<S extends z.ZodType>(schema: S, value: unknown, name: string): z.output<S> {
  const read = schema.safeParse(value);
  if (read.success) return read.data;
  const rules = formatParseError(read.error);
  throw new ApiError('bad-request', name === '' ? rules : rules.replace(/^value/, name));
}

function jsonOf(text: string): unknown {
  try {
    return readJson(text);
  } catch (cause) {
    if (!(cause instanceof SyntaxError || cause instanceof Fault)) throw cause;
    throw new ApiError('bad-request', 'the request body is not JSON, or nested too deeply');
  }
}

async function readText(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of request as AsyncIterable<Buffer>) {
    length += piece.length;
    if (length > mostBody) {
      throw new ApiError('too-large', `the request body must have at most ${mostBody} bytes`);
    }
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString('utf8');
}
