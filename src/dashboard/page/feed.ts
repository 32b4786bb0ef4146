import type { WireHello, WireMark, WirePage } from '../wire.ts';
import { apiPath } from './api-path.ts';

/** What the stream says, as it comes. */
export interface FeedEvents {
  hello(hello: WireHello): void;
  batch(page: WirePage): void;
  mark(mark: WireMark): void;
  reset(): void;
  broke(): void;
}

/** Opens the server's stream after a place; returns how to close it. */
export function openFeed(after: number, on: FeedEvents): () => void {
  const source = new EventSource(apiPath(`stream?after=${after}`));
  const listen = <T>(name: string, take: (value: T) => void) => {
    source.addEventListener(name, (event) => {
      take(JSON.parse((event as MessageEvent<string>).data) as T);
    });
  };
  listen<WireHello>('hello', on.hello);
  listen<WirePage>('batch', on.batch);
  listen<WireMark>('mark', on.mark);
  listen<unknown>('reset', () => on.reset());
  source.onerror = () => {
    // Its own reconnecting says neither when nor how often: we do that ourselves.
    source.close();
    on.broke();
  };
  return () => source.close();
}

export async function ask<T>(path: string): Promise<T> {
  const response = await fetch(path, { headers: { Accept: 'application/json' } });
  if (!response.ok) throw new Error(`${path.split('?')[0]} answered ${response.status}`);
  return (await response.json()) as T;
}

/** The pages of a stretch of the history, at most so many rows as the server gives, in its order. */
export async function* pages(from: number, to: number): AsyncGenerator<WirePage> {
  const response = await fetch(apiPath(`audit?from=${from}&to=${to}&limit=100000`));
  if (!response.ok || !response.body) throw new Error(`the history answered ${response.status}`);
  const lines = response.body.pipeThrough(new TextDecoderStream()).getReader();
  let rest = '';
  for (;;) {
    const { done, value } = await lines.read();
    if (done) break;
    const parts = (rest + value).split('\n');
    rest = parts.pop() ?? '';
    for (const line of parts) if (line) yield JSON.parse(line) as WirePage;
  }
  if (rest) yield JSON.parse(rest) as WirePage;
}
