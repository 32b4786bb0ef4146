import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startServer } from '../../composition/store/embedded-server.ts';
import { systemAdapters } from '../../composition/system-adapters.ts';
import type { InstanceRow } from '../../domain/fleet/directory-rows.ts';
import { AgentName, HostId, Namespace } from '../../domain/identity/names.ts';
import { type Millis, seconds } from '../../domain/time.ts';
import type { Ports } from '../../ports/ports.ts';
import { Collector } from '../../runtime/collector/collector.ts';
import { Directory } from '../../runtime/directory/directory.ts';
import type { DirectoryChange } from '../../runtime/directory/row-changes.ts';
import { type Common, withoutLogin } from '../command/command.ts';
import { connectOnce } from '../session/connect.ts';
import type { Terminal } from '../terminal/io.ts';
import { DemoAgent, type Part } from './demo-agent.ts';
import type { Narrator } from './narrator.ts';

export const ttl: Millis = seconds(3);
export const grace: Millis = seconds(4);
const namespace = Namespace.parse('demo');

/** Server, collector and consumer of the demonstration; disposal removes everything. */
export class DemoEnvironment implements AsyncDisposable {
  readonly ports: Ports;
  readonly directory: Directory;
  readonly servers: string;
  readonly #io: Terminal;
  readonly #place: string;
  readonly #closing: AsyncDisposableStack;
  readonly #waiting = new Set<() => void>();
  /** Called with every change that a consumer sees. */
  onChange: (change: DirectoryChange) => void = () => {};

  static async open(settings: Common, io: Terminal, narrator: Narrator): Promise<DemoEnvironment> {
    await using opened = new AsyncDisposableStack();
    const place = await mkdtemp(join(tmpdir(), 'rollcall-demo-'));
    opened.defer(() => rm(place, { recursive: true, force: true }));
    const server = opened.use(
      await narrator.waiting('starting a nats-server', () =>
        startServer({ storeDir: join(place, 'nats'), port: 0 }, io.env, io.err, io.signal),
      ),
    );
    const own = { ...withoutLogin(settings), servers: [server.url], namespace };
    const connected = opened.use(await connectOnce(own, io, 'demo', { create: true }));
    return new DemoEnvironment(io, place, server.url, connected.ports, opened.move());
  }

  private constructor(
    io: Terminal,
    place: string,
    servers: string,
    ports: Ports,
    closing: AsyncDisposableStack,
  ) {
    this.#io = io;
    this.#place = place;
    this.servers = servers;
    this.ports = ports;
    this.#closing = closing;
    const me = { host: HostId.parse('demo'), agent: AgentName.parse('collector') };
    const run = ports.entropy.runId();
    const lease = { ttl, grace };
    closing.use(new Collector({ ...me, run }, { lease, onTransition: () => {} }, ports));
    this.directory = closing.use(
      new Directory(ports, {
        seatsEvery: seconds(1),
        onChange: (changes) => this.#changed(changes),
      }),
    );
  }

  /** Starts an agent in its own process. */
  async cast(part: Part): Promise<DemoAgent> {
    const { self, env } = this.#io;
    const setting = {
      self,
      env,
      servers: this.servers,
      namespace,
      directory: this.#place,
      ttl,
      grace,
    };
    const actor = await DemoAgent.start(part, setting);
    this.#closing.defer(() => actor.end());
    return actor;
  }

  /** The instance of an agent, as a consumer sees it now. */
  row({ part }: DemoAgent): InstanceRow | undefined {
    return this.directory
      .instances(part.service)
      .find(({ host, agent }) => host === part.host && agent === part.name);
  }

  /** Waits until `claim` is true; returns the time it took, undefined on timeout. */
  async until(claim: () => boolean, within: Millis): Promise<Millis | undefined> {
    const { clock } = systemAdapters;
    const began = clock.monotonic();
    while (!claim()) {
      const left = within - (clock.monotonic() - began);
      if (left <= 0) return undefined;
      this.#io.signal.throwIfAborted();
      const { promise, resolve } = Promise.withResolvers<void>();
      this.#waiting.add(resolve);
      const woken = new AbortController();
      const signal = AbortSignal.any([woken.signal, this.#io.signal]);
      await Promise.race([promise, clock.sleep(Math.min(left, 100), signal)]);
      woken.abort();
      this.#waiting.delete(resolve);
    }
    return clock.monotonic() - began;
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#closing.disposeAsync();
  }

  #changed(changes: readonly DirectoryChange[]): void {
    for (const change of changes) this.onChange(change);
    for (const wake of this.#waiting) wake();
  }
}
