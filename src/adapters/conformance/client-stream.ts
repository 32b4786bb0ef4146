import { Buffer } from 'node:buffer';
import type { ClientMessage } from '../../domain/conformance/traffic.ts';
import type { MonotonicTime } from '../../domain/time.ts';

const lineEnd = Buffer.from('\r\n');

/** The longest line that a server accepts, and more. */
const longestLine = 65_536;

/**
 * Reads what a NATS client sends, as the client protocol of NATS has it (docs.nats.io, "Client Protocol").
 * It reads only; a line that it does not know, as PING, is skipped.
 */
export class ClientStream {
  #rest = Buffer.alloc(0);
  #isLost = false;

  /** The messages that are complete with these bytes. */
  take(bytes: Uint8Array, at: MonotonicTime): readonly ClientMessage[] {
    if (this.#isLost) return [];
    this.#rest = Buffer.concat([this.#rest, bytes]);
    const messages: ClientMessage[] = [];
    for (;;) {
      const end = this.#rest.indexOf(lineEnd);
      if (end < 0) break;
      const line = this.#rest.toString('utf8', 0, end);
      const size = payloadSize(line);
      const begin = end + lineEnd.length;
      if (this.#rest.length < begin + size) break;
      const payload = this.#rest.subarray(begin, begin + size);
      const message = read(line, payload, at);
      if (message) messages.push(message);
      this.#rest = this.#rest.subarray(begin + (size > 0 || isPublish(line) ? size + 2 : 0));
    }
    // It is no NATS client, or it speaks TLS: nothing can be read of it.
    if (this.#rest.length > longestLine && this.#rest.indexOf(lineEnd) < 0) this.#isLost = true;
    return messages;
  }
}

const isPublish = (line: string): boolean => /^H?PUB\s/i.test(line);

function payloadSize(line: string): number {
  if (!isPublish(line)) return 0;
  const size = Number(line.trim().split(/\s+/).at(-1));
  return Number.isSafeInteger(size) && size >= 0 ? size : 0;
}

function read(line: string, payload: Buffer, at: MonotonicTime): ClientMessage | undefined {
  const [verb = '', ...words] = line.trim().split(/\s+/);
  switch (verb.toUpperCase()) {
    case 'CONNECT':
      return { kind: 'connect', at, options: readOptions(line.trim().slice(verb.length)) };
    case 'SUB':
      return { kind: 'subscribe', at, subject: words[0] ?? '' };
    case 'PUB':
      return { kind: 'publish', at, subject: words[0] ?? '', headers: {}, text: `${payload}` };
    case 'HPUB': {
      const headerSize = Number(words.at(-2));
      const head = Number.isSafeInteger(headerSize) ? headerSize : 0;
      const headers = readHeaders(payload.toString('utf8', 0, head));
      const text = payload.toString('utf8', head);
      return { kind: 'publish', at, subject: words[0] ?? '', headers, text };
    }
    default:
      return undefined;
  }
}

function readOptions(text: string): Readonly<Record<string, unknown>> {
  try {
    const options: unknown = JSON.parse(text);
    return typeof options === 'object' && options !== null ? { ...options } : {};
  } catch {
    return {};
  }
}

function readHeaders(block: string): Readonly<Record<string, string>> {
  const pairs = block
    .split('\r\n')
    .slice(1)
    .map((line) => line.split(/:(.*)/s))
    .filter(([name = '']) => name !== '')
    .map(([name = '', value = '']) => [name, value.trim()] as const);
  return Object.fromEntries(pairs);
}
