import { openEndpoint } from '../../composition/open-endpoint.ts';
import type { Metrics } from '../../ports/metrics.ts';
import { endpointLines } from '../terminal/endpoint-lines.ts';
import type { Terminal } from '../terminal/io.ts';

export interface Door {
  readonly name: 'dns' | 'http';
  /** @throws {Fault} `port-taken`, `bad-setting` */
  readonly open: () => Promise<{ readonly url: string } & AsyncDisposable>;
}

type Urls = Partial<Record<Door['name'], string>>;

/**
 * Opens the doors of `rollcall serve`. One that cannot be opened does not close the others: it is tried again.
 * `urls` has those that opened at once.
 * @throws {Fault} `port-taken`, `bad-setting` if none can be opened
 */
export async function openDoors(
  doors: readonly Door[],
  io: Terminal,
  metrics: Metrics,
): Promise<{ readonly urls: Urls } & AsyncDisposable> {
  await using opened = new AsyncDisposableStack();
  const urls: Urls = {};
  const failures: { readonly cause: unknown; readonly print: () => void }[] = [];
  for (const { name, open } of doors) {
    const { onFailure, onOpen } = endpointLines(name.toUpperCase(), true, io);
    const fail = (cause: unknown, isFirst: boolean) =>
      isFirst ? void failures.push({ cause, print: () => onFailure(cause, isFirst) }) : undefined;
    const { url } = opened.use(
      await openEndpoint(name, open, metrics, { onFailure: fail, onOpen }),
    );
    if (url !== undefined) urls[name] = url;
  }
  if (failures.length === doors.length) throw failures[0]?.cause;
  for (const { print } of failures) print();
  const closing = opened.move();
  return { urls, [Symbol.asyncDispose]: () => closing.disposeAsync() };
}
