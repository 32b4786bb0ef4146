import { request as httpRequest, type IncomingMessage } from 'node:http';
import { readJson } from '../../domain/json.ts';
import { type Millis, seconds } from '../../domain/time.ts';

/** Starting a container may keep the engine busy for several seconds. */
const answerWithin: Millis = seconds(10);

/** Largest answer, in bytes: the list of a host with some thousand containers. */
const largestAnswer = 64 * 1024 * 1024;

/** Longest event, in characters: it has the labels of one container. */
const longestEvent = 1024 * 1024;

/** The engine did not answer as expected: nothing is known about any container. */
export class EngineAway extends Error {
  override readonly name = 'EngineAway';
}

/** Events that may change an instance. The engine leaves out all others, such as those of exec. */
const events = [
  ...['create', 'start', 'restart', 'die', 'stop', 'kill', 'oom', 'pause', 'unpause'],
  ...['rename', 'update', 'destroy', 'health_status'],
];

/** An event of a container; `signal` of a `kill`. */
export interface EngineEvent {
  readonly id: string;
  readonly action: string;
  readonly signal?: string | undefined;
}

/**
 * The engine of Docker or Podman behind its socket. Only GET requests are sent. Without a version in the
 * path the engine answers with its own.
 */
export class Engine {
  readonly #socketPath: string;

  constructor(socketPath: string) {
    this.#socketPath = socketPath;
  }

  /** A document; undefined if there is no such object (404). @throws {EngineAway} */
  async get(path: string, signal: AbortSignal): Promise<unknown> {
    const within = AbortSignal.any([signal, AbortSignal.timeout(answerWithin)]);
    const response = await this.#open(path, within);
    try {
      const pieces: Buffer[] = [];
      let length = 0;
      for await (const piece of response as AsyncIterable<Buffer>) {
        length += piece.length;
        if (length > largestAnswer) {
          throw new EngineAway(`${path}: the answer has more than ${largestAnswer} bytes`);
        }
        pieces.push(piece);
      }
      if (response.statusCode === 404) return undefined;
      if (response.statusCode === 200) return readJson(Buffer.concat(pieces).toString('utf8'));
    } catch (cause) {
      throw away(path, cause);
    }
    throw new EngineAway(`${path}: status ${response.statusCode}`);
  }

  /** Calls `onEvent` for each event until the stream ends. @throws {EngineAway} at its end */
  async follow(
    onOpen: () => void,
    onEvent: (event: EngineEvent) => void,
    signal: AbortSignal,
  ): Promise<void> {
    const filters = encodeURIComponent(JSON.stringify({ type: ['container'], event: events }));
    const response = await this.#open(`/events?filters=${filters}`, signal);
    if (response.statusCode !== 200) throw new EngineAway(`events: status ${response.statusCode}`);
    onOpen();
    try {
      for await (const line of linesOf(response)) {
        const event = eventIn(line);
        if (event) onEvent(event);
      }
    } catch (cause) {
      throw away('events', cause);
    }
    throw new EngineAway('the engine closed the stream of events');
  }

  #open(path: string, signal: AbortSignal): Promise<IncomingMessage> {
    const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
    const options = { socketPath: this.#socketPath, path, signal, agent: false };
    const sent = httpRequest({ ...options, headers: { host: 'docker' } }, resolve);
    sent.on('error', (cause) => reject(away(path, cause)));
    sent.end();
    return promise;
  }
}

const away = (path: string, cause: unknown): EngineAway =>
  cause instanceof EngineAway ? cause : new EngineAway(`${path}: ${String(cause)}`, { cause });

/** @throws {EngineAway} for a line that is longer than any event */
async function* linesOf(response: IncomingMessage): AsyncGenerator<string> {
  let rest = '';
  for await (const piece of response.setEncoding('utf8') as AsyncIterable<string>) {
    const lines = (rest + piece).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
    if (rest.length > longestEvent) {
      throw new EngineAway(`events: an event has more than ${longestEvent} characters`);
    }
  }
}

/** Undefined for a line that is not an event of a container. */
function eventIn(line: string): EngineEvent | undefined {
  try {
    const { Action: action, Actor: actor } = readJson(line) as {
      readonly Action?: unknown;
      readonly Actor?: { readonly ID?: unknown; readonly Attributes?: Record<string, unknown> };
    };
    const id = actor?.ID;
    if (typeof action !== 'string' || typeof id !== 'string') return undefined;
    const signal = actor?.Attributes?.['signal'];
    return { id, action, ...(typeof signal === 'string' && { signal }) };
  } catch {
    return undefined;
  }
}
