import { startProxy, type TestProxy } from '../../harness/proxy.ts';
import type { ChaosServer } from '../servers/servers.ts';

interface Way {
  readonly node: ChaosServer;
  readonly proxy: TestProxy;
}

/** The connections of one process to the servers: one controllable proxy per server. */
export class Wire implements AsyncDisposable {
  readonly #ways: readonly Way[];
  /** Something is done to it, by which less than everything arrives in time. */
  #broken = false;

  private constructor(ways: readonly Way[]) {
    this.#ways = ways;
  }

  static async to(nodes: readonly ChaosServer[]): Promise<Wire> {
    const ways = nodes.map(async (node) => ({ node, proxy: await startProxy(node) }));
    return new Wire(await Promise.all(ways));
  }

  get urls(): string[] {
    return this.#ways.map(({ proxy }) => proxy.url);
  }

  /** Whether it leads to a server that is well, and everything goes through. */
  get whole(): boolean {
    const leads = ({ node, proxy }: Way) => node.condition === 'well' && proxy.connections > 0;
    return !this.#broken && this.#ways.some(leads);
  }

  /** Nothing arrives any more, this way, that way, or either way. */
  hold(way?: 'to-server' | 'to-client'): void {
    this.#broken = true;
    for (const { proxy } of this.#ways) proxy.blackhole(...(way ? [way] : []));
  }

  /** Slow but not broken: it must harm no process. */
  delay(millis: number): void {
    for (const { proxy } of this.#ways) proxy.delay(millis);
  }

  reset(): void {
    for (const { proxy } of this.#ways) proxy.cut();
  }

  async mend(): Promise<void> {
    await Promise.all(this.#ways.map(({ proxy }) => proxy.pass()));
    this.#broken = false;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#ways.map(({ proxy }) => proxy[Symbol.asyncDispose]()));
  }
}
