import { startProxy, type TestProxy } from '../../harness/proxy.ts';
import type { ChaosServer } from '../servers/servers.ts';

interface Way {
  readonly node: ChaosServer;
  readonly proxy: TestProxy;
}

/** The connections of one process to the servers: one controllable proxy per server. */
export class Wire implements AsyncDisposable {
  readonly #ways: readonly Way[];
  /** A fault applies, so that not all data arrives in time. */
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

  /** Whether it reaches a healthy server and all data passes. */
  get whole(): boolean {
    const leads = ({ node, proxy }: Way) => node.condition === 'well' && proxy.connections > 0;
    return !this.#broken && this.#ways.some(leads);
  }

  /** Drops all data in one direction or in both. */
  hold(way?: 'to-server' | 'to-client'): void {
    this.#broken = true;
    for (const { proxy } of this.#ways) proxy.blackhole(...(way ? [way] : []));
  }

  /** Slow but not broken; no process may be harmed by it. */
  delay(millis: number): void {
    for (const { proxy } of this.#ways) proxy.delay(millis);
  }

  reset(): void {
    for (const { proxy } of this.#ways) proxy.cut();
  }

  /** Its login is refused by every server. */
  revoke(): void {
    this.#broken = true;
    for (const { proxy } of this.#ways) proxy.revoke();
  }

  async mend(): Promise<void> {
    await Promise.all(this.#ways.map(({ proxy }) => proxy.pass()));
    this.#broken = false;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#ways.map(({ proxy }) => proxy[Symbol.asyncDispose]()));
  }
}
