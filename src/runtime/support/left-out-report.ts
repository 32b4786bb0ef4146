import { decodeSubjectToken } from '../../domain/identity/subject-token.ts';
import type { ViewOwner } from '../../ports/metrics.ts';
import type { Ports } from '../../ports/ports.ts';

/** Counts the records that a view leaves out, and logs each host that has some. */
export class LeftOutReport {
  readonly #view: ViewOwner;
  readonly #ports: Pick<Ports, 'log' | 'metrics'>;
  /** Undefined before the first report: a metric that is 0 must exist too. */
  #count: number | undefined;
  #logged: ReadonlySet<string> = new Set();

  constructor(view: ViewOwner, ports: Pick<Ports, 'log' | 'metrics'>) {
    this.#view = view;
    this.#ports = ports;
  }

  /** @param leftOut keys by host, as in keys */
  report(leftOut: ReadonlyMap<string, ReadonlySet<string>>): void {
    let count = 0;
    for (const { size } of leftOut.values()) count += size;
    if (count === this.#count && leftOut.size === this.#logged.size) return;
    this.#count = count;
    const { log, metrics } = this.#ports;
    metrics.viewLeftOut?.(this.#view, count);
    for (const [host, keys] of leftOut) {
      if (this.#logged.has(host)) continue;
      const [key] = keys;
      log.warn('records-left-out', { view: this.#view, host: nameOf(host), key });
    }
    this.#logged = new Set(leftOut.keys());
  }
}

/** Keys come from other programs: the token itself if it is not the code of a name. */
function nameOf(token: string): string {
  try {
    return decodeSubjectToken(token);
  } catch {
    return token;
  }
}
