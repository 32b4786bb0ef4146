import type { ApiHeartbeat, ApiHello, ApiPage } from '../../api-types.ts';
import { apiPath } from '../protocol/api-path.ts';
import { parseHeartbeat, parseHello, parsePage } from '../protocol/parse-response.ts';

/** Receives the messages of the stream. */
export interface FeedEvents {
  hello(hello: ApiHello): void;
  batch(page: ApiPage): void;
  mark(mark: ApiHeartbeat): void;
  reset(): void;
  /** The stream is closed. No more messages follow. */
  broke(why: string): void;
}

/** Opens the server's stream after a sequence; returns a function that closes it. */
export function openFeed(after: number, on: FeedEvents): () => void {
  const source = new EventSource(apiPath(`stream?after=${after}`));
  const end = (why: string) => {
    source.close();
    on.broke(why);
  };
  const listen = <T>(name: string, read: (value: unknown) => T, take: (value: T) => void) => {
    source.addEventListener(name, (event) => {
      let value: T;
      try {
        value = read(JSON.parse((event as MessageEvent<string>).data));
      } catch (error) {
        end(String(error));
        return;
      }
      take(value);
    });
  };
  listen('hello', parseHello, on.hello);
  listen('batch', parsePage, on.batch);
  listen('mark', parseHeartbeat, on.mark);
  listen(
    'reset',
    (value) => value,
    () => on.reset(),
  );
  source.onerror = () => {
    // The built-in reconnection reports neither time nor attempts, so the hub reconnects itself.
    end('the connection to the dashboard server dropped');
  };
  return () => source.close();
}

/** @throws {Error} if the request fails or the response cannot be read */
export async function ask<T>(path: string, read: (value: unknown) => T): Promise<T> {
  const response = await fetch(path, { headers: { Accept: 'application/json' } });
  if (!response.ok) throw new Error(`${path.split('?')[0]} answered ${response.status}`);
  return read(await response.json());
}

/** The pages of a range of the history, in order, up to the row limit of the server. */
export async function* pages(from: number, to: number): AsyncGenerator<ApiPage> {
  const response = await fetch(apiPath(`audit?from=${from}&to=${to}&limit=100000`));
  if (!response.ok || !response.body) throw new Error(`the history answered ${response.status}`);
  const lines = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const { done, value } = await lines.read();
    if (done) break;
    const parts = (rest + value).split('\n');
    rest = parts.pop() ?? '';
    for (const line of parts) if (line) yield parsePage(JSON.parse(line));
  }
  if (rest) yield parsePage(JSON.parse(rest));
}
