import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startServer } from '../../../composition/store/embedded-server.ts';
import type { Rule, Verdicts } from '../../../domain/conformance/rules.ts';
import { Fault } from '../../../domain/fault.ts';
import { Actor, Namespace } from '../../../domain/identity/names.ts';
import { type Millis, seconds } from '../../../domain/time.ts';
import type { Ports } from '../../../ports/ports.ts';
import { Collector } from '../../../runtime/collector/collector.ts';
import { setPolicy } from '../../../runtime/operator/operator-actions.ts';
import { signingAuthor } from '../../../runtime/transitions/record-change.ts';
import { type Common, withoutLogin } from '../../command/command.ts';
import { connectOnce } from '../../session/connect.ts';
import { operatorTimeout } from '../../session/operator.ts';
import type { Terminal } from '../../terminal/io.ts';

export const namespace = Namespace.parse('conform');
/** Its dot and its space are written as `=2E` and `=20` in subjects. */
const host = 'conform host.1';

type Server = Awaited<ReturnType<typeof startServer>>;

/** A server and a collector of their own, for foreign agents. Disposing removes everything. */
export class Stage implements AsyncDisposable {
  readonly ports: Ports;
  readonly verdicts: Verdicts;
  readonly io: Terminal;
  readonly ttl: Millis;
  readonly host = Actor.shape.host.parse(host);
  readonly #running: { server: Server };
  readonly #storeDir: string;
  readonly #closing: AsyncDisposableStack;

  static async open(
    settings: Common & { readonly ttl: Millis },
    io: Terminal,
    verdicts: Verdicts,
  ): Promise<Stage> {
    await using opened = new AsyncDisposableStack();
    const place = await mkdtemp(join(tmpdir(), 'rollcall-conform-'));
    opened.defer(() => rm(place, { recursive: true, force: true, maxRetries: 20 }));
    const storeDir = join(place, 'nats');
    const server = await startServer({ storeDir, port: 0 }, io.env, io.err, io.signal);
    // The server may be replaced by then.
    const running = { server };
    opened.defer(() => running.server.stop());
    const own = { ...withoutLogin(settings), servers: [server.url], namespace, logLevel: 'error' };
    const connected = opened.use(await connectOnce(own as Common, io, 'conform', { create: true }));
    const { ports } = connected;
    const self = { host: Actor.shape.host.parse('conform'), agent: collectorName };
    const me = { ...self, run: ports.entropy.runId() };
    // Several runs die at the same time, and each is to be judged at once.
    await setPolicy(
      signingAuthor({ ...me, run: ports.entropy.runId() }, ports),
      (now) => ({ ...now, brake: { ...now.brake, count: 1000 } }),
      ports,
      operatorTimeout(io),
    );
    const lease = { ttl: seconds(2), grace: seconds(1) };
    opened.use(new Collector(me, { lease, onTransition: () => {} }, ports));
    return new Stage({ io, verdicts, ports, ttl: settings.ttl, storeDir }, running, opened.move());
  }

  private constructor(
    {
      io,
      verdicts,
      ports,
      ttl,
      storeDir,
    }: Pick<Stage, 'io' | 'verdicts' | 'ports' | 'ttl'> & { storeDir: string },
    running: { server: Server },
    closing: AsyncDisposableStack,
  ) {
    this.io = io;
    this.verdicts = verdicts;
    this.ports = ports;
    this.ttl = ttl;
    this.#storeDir = storeDir;
    this.#running = running;
    this.#closing = closing;
  }

  get port(): number {
    return this.#running.server.port;
  }

  /** Stops the server and starts it again, on the same port and store. */
  async restartServer(): Promise<void> {
    const { port } = this.#running.server;
    await this.#running.server.stop();
    const where = { storeDir: this.#storeDir, port };
    this.#running.server = await startServer(where, this.io.env, this.io.err, this.io.signal);
  }

  /** Waits until `look` returns something; undefined when `within` has passed. */
  async until<T>(look: () => T | Promise<T>, within: Millis): Promise<NonNullable<T> | undefined> {
    const { clock } = this.ports;
    const end = clock.monotonic() + within;
    for (;;) {
      this.io.signal.throwIfAborted();
      const seen = await look();
      if (seen) return seen;
      if (clock.monotonic() > end) return undefined;
      await clock.sleep(lookEvery, this.io.signal);
    }
  }

  /**
   * An answer of the store, which is on this machine: one that is late is asked again.
   * @throws {Fault} `store-unavailable`: no answer for a long time
   */
  async answer<T>(ask: () => Promise<T>): Promise<T> {
    const { clock } = this.ports;
    const end = clock.monotonic() + answerWithin;
    for (;;) {
      this.io.signal.throwIfAborted();
      try {
        return await ask();
      } catch (cause) {
        const isLate = cause instanceof Fault && cause.code === 'store-unavailable';
        if (!isLate || clock.monotonic() > end) throw cause;
      }
      await clock.sleep(lookEvery, this.io.signal);
    }
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#closing.disposeAsync();
  }
}

const lookEvery: Millis = 50;
const answerWithin: Millis = seconds(30);
const collectorName = Actor.shape.agent.parse('collector');

/** A rule is broken, and the rest of the scenario shows nothing. */
export class ScenarioOver extends Error {
  readonly rule: Rule;
  constructor(rule: Rule, seen: string) {
    super(seen);
    this.rule = rule;
  }
}
