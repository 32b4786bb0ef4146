import { setTimeout as pause } from 'node:timers/promises';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import type { TestServer } from '../../harness/nats-server.ts';
import { until } from '../../harness/until.ts';
import type { Disk } from '../faults/disk.ts';

/** Large, so that some kills fall into the moment in which a full block of the store is compressed. */
const size = 64 * 1024;
/** Of the stream: eight full blocks. Older messages are dropped, as by the limits of a history. */
const maxBytes = 64 * 1024 * 1024;
/** For so long messages are written before each kill. */
const writeFor = 300;
const inFlight = 8;
/** With disks of their own, one of so many kills finds the disk of its server full. */
const fullEvery = 5;

/** Servers, and the disks of their stores if these can be filled. */
interface Servers {
  readonly nodes: readonly TestServer[];
  readonly disks: readonly Disk[];
}

/** After a restart a server reads its store again, and may copy what it lacks from the others. */
const ledWithin = 120_000;

interface Answer {
  readonly error?: { readonly code: number; readonly description: string };
  readonly message?: { readonly data: string };
  readonly state?: { readonly first_seq: number; readonly bytes: number };
  readonly cluster?: { readonly leader?: string };
}

/** A stream on servers that are killed while it is written. */
export class KilledStream implements AsyncDisposable {
  readonly complaints: string[] = [];
  readonly #nodes: readonly TestServer[];
  readonly #disks: readonly Disk[];
  readonly #client: NatsConnection;
  readonly #random: (bytes: number) => Buffer;
  /** The text of each acknowledged message, by its sequence. */
  readonly #acknowledged = new Map<number, string>();
  #written = 0;
  #read = 0;

  private constructor(
    { nodes, disks }: Servers,
    client: NatsConnection,
    random: (bytes: number) => Buffer,
  ) {
    this.#nodes = nodes;
    this.#disks = disks;
    this.#client = client;
    this.#random = random;
  }

  static async create(
    servers: Servers,
    compression: string,
    random: (bytes: number) => Buffer,
  ): Promise<KilledStream> {
    const { nodes } = servers;
    const client = await connect({
      servers: nodes.map(({ url }) => url),
      reconnectTimeWait: 50,
      maxReconnectAttempts: -1,
    });
    const stream = new KilledStream(servers, client, random);
    const config = {
      ...{ name: 'killed', subjects: ['killed.>'], storage: 'file', discard: 'old' },
      ...{ num_replicas: nodes.length, compression, max_bytes: maxBytes, allow_direct: false },
    };
    await stream.#answered('STREAM.CREATE.killed', config);
    return stream;
  }

  get summary(): string {
    return `${this.#written} messages of 64 kB acknowledged, ${this.#read} read again, ${this.complaints.length} complaints`;
  }

  /** Writes, kills a server, starts it again, and reads what was acknowledged in this cycle. */
  async cycle(n: number): Promise<void> {
    const node = this.#nodes[n % this.#nodes.length];
    if (node === undefined) return;
    const stop = new AbortController();
    const before = new Set(this.#acknowledged.keys());
    const writers = Array.from({ length: inFlight }, () => this.#write(stop.signal));
    await pause(writeFor);
    const disk = n % fullEvery === 0 ? this.#disks[n % this.#nodes.length] : undefined;
    if (disk !== undefined) {
      await disk.fill();
      await pause(writeFor);
    }
    await node.kill();
    stop.abort();
    await disk?.free();
    await node.restart();
    await Promise.all(writers);
    await this.#untilLed();
    await this.#forgetDropped();
    await this.#checkAll([...this.#acknowledged.keys()].filter((seq) => !before.has(seq)));
  }

  /** Reads all acknowledged messages that the limit has left. */
  async readAll(): Promise<void> {
    await this.#forgetDropped();
    await this.#checkAll([...this.#acknowledged.keys()]);
  }

  /** The limit drops the oldest messages, also of this cycle, but never so many that the stream is no longer full. */
  async #forgetDropped(): Promise<void> {
    const { state } = await this.#answered('STREAM.INFO.killed');
    if (state === undefined) throw new Error('STREAM.INFO.killed: no state');
    const { first_seq: first, bytes } = state;
    if (first > 1 && bytes < maxBytes - 2 * size) {
      this.complaints.push(
        `begins at ${first} although only ${bytes} of ${maxBytes} bytes are left`,
      );
    }
    for (const seq of this.#acknowledged.keys()) if (seq < first) this.#acknowledged.delete(seq);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#client.close();
  }

  async #write(signal: AbortSignal): Promise<void> {
    while (!signal.aborted) {
      const half = this.#random(size / 4).toString('hex');
      const text = half + 'x'.repeat(size - half.length);
      try {
        const reply = await this.#client.request('killed.a', text, { timeout: 1000 });
        const { seq, error } = reply.json<{ seq?: number; error?: object }>();
        if (error !== undefined || seq === undefined) continue;
        this.#acknowledged.set(seq, text);
        this.#written += 1;
      } catch {
        // Not acknowledged: it may be stored or not.
      }
    }
  }

  async #checkAll(all: readonly number[]): Promise<void> {
    const left = all[Symbol.iterator]();
    const readers = Array.from({ length: inFlight }, async () => {
      for (const seq of left) await this.#check(seq);
    });
    await Promise.all(readers);
  }

  async #check(seq: number): Promise<void> {
    // A cluster without a leader answers 503; that says nothing about the message.
    const answer = await until(`message ${seq} is answered`, async () => {
      const found = await this.#ask('STREAM.MSG.GET.killed', { seq });
      return found.error?.code === 503 ? undefined : found;
    });
    const text = this.#acknowledged.get(seq);
    this.#read += 1;
    if (answer.message && Buffer.from(answer.message.data, 'base64').toString() === text) return;
    this.complaints.push(`${seq}: ${answer.error?.description ?? 'another text'}`);
    this.#acknowledged.delete(seq);
  }

  /** The stream has a leader. A message may be lost with it only if it was not acknowledged. */
  #untilLed() {
    return until(
      'the stream has a leader',
      async () => {
        // A request that a server drops while it starts is not answered at all.
        const asked = this.#ask('STREAM.INFO.killed', {}, 300);
        const { state, cluster } = await asked.catch((): Answer => ({}));
        return state !== undefined && (cluster === undefined || cluster.leader !== undefined);
      },
      ledWithin,
    );
  }

  async #answered(what: string, body: object = {}): Promise<Answer> {
    const answer = await this.#ask(what, body);
    if (answer.error !== undefined) throw new Error(`${what}: ${answer.error.description}`);
    return answer;
  }

  async #ask(what: string, body: object = {}, timeout = 5000): Promise<Answer> {
    const options = { timeout };
    const reply = await this.#client.request(`$JS.API.${what}`, JSON.stringify(body), options);
    return reply.json<Answer>();
  }
}
