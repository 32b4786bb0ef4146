import { createHash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import type { z } from 'zod';
import { Fault } from '../../domain/fault.ts';
import { readJson } from '../../domain/json.ts';
import { formatParseError } from '../../domain/records/stored-record.ts';
import { ApiError } from './api-error.ts';

const mostBody = 64 * 1024;

/**
 * Refuses requests that a web page may have sent: with the origin of a page, or with another name in the
 * Host header (DNS rebinding). A page can send only the name under which it was loaded.
 */
export function refuseWebPages({ headers }: IncomingMessage): void {
  if (headers.origin !== undefined || headers['sec-fetch-site'] !== undefined) {
    throw new ApiError('forbidden', 'the request comes from a web page');
  }
  const [, v6, name] =
    /^(?:\[([0-9a-f:.]+)\]|([a-z0-9._-]+))(?::\d{1,5})?$/i.exec(headers.host ?? '') ?? [];
  if (isIP(v6 ?? name ?? '') > 0 || name?.toLowerCase() === 'localhost') return;
  throw new ApiError(
    'forbidden',
    'the Host header has another name than localhost',
    'use the address of the agent, such as 127.0.0.1',
  );
}

/** Refuses a request without the token, if one is set. */
export function checkToken({ headers }: IncomingMessage, token: string | undefined): void {
  if (token === undefined) return;
  const [, sent] = /^Bearer ([\x21-\x7e]+)$/i.exec(headers.authorization ?? '') ?? [];
  if (sent !== undefined && timingSafeEqual(sha256(sent), sha256(token))) return;
  throw new ApiError('unauthorised', 'a token is needed', 'send Authorization: Bearer TOKEN');
}

const sha256 = (text: string): Buffer => createHash('sha256').update(text).digest();

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
