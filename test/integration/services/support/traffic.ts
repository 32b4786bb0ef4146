import { Agent, request } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { until } from '../../harness/until.ts';

export interface Traffic extends AsyncDisposable {
  /** How often each answer came; `failed` for all that is not a 200. */
  readonly answers: ReadonlyMap<string, number>;
  /** When the failed requests were sent, by performance.now(). */
  readonly failedAt: readonly number[];
  /** How many requests were sent. */
  readonly sent: number;
}

/** Sends a request at each interval, each on a new connection, and counts what came back. */
export function traffic(port: number, every = 10): Traffic {
  const answers = new Map<string, number>();
  const failedAt: number[] = [];
  const count = (what: string, sentAt: number) => {
    answers.set(what, (answers.get(what) ?? 0) + 1);
    if (what === 'failed') failedAt.push(sentAt);
  };
  const over = new AbortController();
  const open = new Set<Promise<void>>();
  let sent = 0;
  const agent = new Agent({ keepAlive: false });
  const send = () =>
    new Promise<void>((resolve) => {
      const sentAt = performance.now();
      const end = (what: string) => {
        count(what, sentAt);
        resolve();
      };
      const asked = request({ port, host: '127.0.0.1', agent, timeout: 5000 }, (response) => {
        let body = '';
        response.setEncoding('utf8').on('data', (text) => {
          body += text;
        });
        response.on('end', () => end(response.statusCode === 200 ? body : 'failed'));
        response.on('error', () => end('failed'));
      });
      asked.on('timeout', () => asked.destroy());
      asked.on('error', () => end('failed')).end();
    });
  const running = (async () => {
    const began = performance.now();
    for (; !over.signal.aborted; sent += 1) {
      const one = send();
      open.add(one);
      void one.then(() => open.delete(one));
      await pause(Math.max(0, began + (sent + 1) * every - performance.now()));
    }
    await Promise.all(open);
  })();
  return {
    answers,
    failedAt,
    get sent() {
      return sent;
    },
    [Symbol.asyncDispose]: async () => {
      over.abort();
      await running;
    },
  };
}

/** Waits until each of these answers came through this port. */
export const untilAnswered = (port: number, names: readonly string[]) =>
  until(`${names} answer`, async () => {
    await using some = traffic(port);
    await pause(100);
    return names.every((name) => some.answers.has(name));
  });
