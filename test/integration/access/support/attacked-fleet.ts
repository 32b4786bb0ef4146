import { headers, type NatsConnection } from '@nats-io/transport-node';
import { subjectNamesOf } from '../../../../src/adapters/nats/connection/subject-names.ts';
import type { Namespace } from '../../../../src/domain/identity/names.ts';
import { until } from '../../harness/until.ts';

/** A part of every record and event of the victims, so that a test sees when one was read. */
export const secret = 'only-for-the-victim';

/** The last message of each subject: sequence and text. */
type Stored = ReadonlyMap<string, string>;

/**
 * A namespace with the records of host h2, a seat, a brake, a hold and a policy, which no attacker may change.
 * Host h1 belongs to the attacker.
 */
export class AttackedFleet {
  readonly names: ReturnType<typeof subjectNamesOf>;
  /** With the rights of a collector. */
  readonly #judge: NatsConnection;
  /** The agent on h2. */
  readonly victim: NatsConnection;
  /** What the victim got that nobody with a right to it sent. */
  readonly received: string[] = [];
  /** A known subject of the victim's inbox, the worst case. */
  readonly inbox: string;
  /** A program that reads, and a known subject of its inbox. */
  readonly #reader: NatsConnection;
  readonly readersInbox: string;

  constructor(
    namespace: Namespace,
    judge: NatsConnection,
    victim: { readonly connection: NatsConnection; readonly inbox: string },
    reader: { readonly connection: NatsConnection; readonly inbox: string },
  ) {
    this.names = subjectNamesOf(namespace);
    this.#judge = judge;
    this.victim = victim.connection;
    this.inbox = `${victim.inbox}.known`;
    this.#reader = reader.connection;
    this.readersInbox = `${reader.inbox}.known`;
  }

  /** Where the collector writes a batch while an attack runs. */
  get batched(): string {
    return `${this.names.registry.prefix}brake.batch`;
  }

  /** Whether the victim itself writes this while an attack runs. */
  isOwnTrial(key: string): boolean {
    return key.endsWith(this.batched) || /\.(event|audit)\.h2\.b\.r\.2$/.test(key);
  }

  get streams(): readonly string[] {
    const { leases, registry, keyframes, auditStream } = this.names;
    return [leases.stream, registry.stream, keyframes.stream, auditStream];
  }

  /** The subjects that the attacker must not change. */
  get victims(): readonly string[] {
    const { leases, registry, keyframes, eventPrefix, fencePrefix } = this.names;
    return [
      `${leases.prefix}run.h2.a.r`,
      `${leases.prefix}seat.1`,
      `${registry.prefix}agent.h2.a`,
      `${registry.prefix}instance.h2.a.web.1`,
      `${registry.prefix}hold.h2`,
      `${registry.prefix}drain.h2`,
      `${registry.prefix}brake.z`,
      `${registry.prefix}policy`,
      `${keyframes.prefix}frame.1`,
      `${keyframes.prefix}chart.run.abc`,
      `${eventPrefix}h2.a.r.1`,
      `${eventPrefix}h2.a.r.hold.1`,
      `${eventPrefix}=drain.h2.r.drain.1`,
      `${eventPrefix}=fleet.policy.1`,
      `${fencePrefix}=store`,
      `${fencePrefix}=burn`,
    ];
  }

  async fill(): Promise<void> {
    for (const subject of this.victims) await this.#put(subject);
    const listen = (connection: NatsConnection, subject: string) =>
      connection.subscribe(subject, {
        callback: (_, msg) => void this.received.push(`${subject} ${msg.string()}`),
      });
    listen(this.victim, this.inbox);
    listen(this.victim, `${this.names.runPrefix}h2.a.r`);
    listen(this.#reader, this.readersInbox);
    await Promise.all([this.victim.flush(), this.#reader.flush()]);
    const { auditStream } = this.names;
    await until('the audit has all events', async () => {
      return (await this.#api(`STREAM.INFO.${auditStream}`, {})).state?.messages === 4;
    });
  }

  /** The collector asks the victim, and a message arrives in the victim's inbox. */
  async pingVictim(): Promise<void> {
    const run = `${this.names.runPrefix}h2.a.r`;
    await this.#judge.request(run, secret, { timeout: 50 }).catch(() => undefined);
    this.victim.publish(run, secret);
    await this.settle();
  }

  /** Stores an event of the victim; a text if it does not come into the audit. */
  async losesAnEvent(): Promise<string | undefined> {
    const { auditStream: stream, auditPrefix, eventPrefix } = this.names;
    const text = `{"text":"${secret}","at":${performance.now()}}`;
    await this.#judge.request(`${eventPrefix}h2.b.r.2`, text);
    const wanted = Buffer.from(text).toString('base64');
    for (let tries = 0; tries < 100; tries += 1) {
      const request = { last_by_subj: `${auditPrefix}h2.b.r.2` };
      const { message } = await this.#api(`STREAM.MSG.GET.${stream}`, request);
      if (message?.data === wanted) return undefined;
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    return 'an event of the victim is not in the audit';
  }

  async #put(subject: string): Promise<void> {
    const ack = (await this.#judge.request(subject, `{"text":"${secret}"}`)).json();
    if (typeof ack !== 'object' || ack === null || 'error' in ack) {
      throw new Error(`${subject} was not stored: ${JSON.stringify(ack)}`);
    }
  }

  /** All that the streams have now. */
  async look(): Promise<Stored> {
    const stored = new Map<string, string>();
    for (const stream of this.streams) {
      const info = await this.#api(`STREAM.INFO.${stream}`, { subjects_filter: '>' });
      stored.set(stream, JSON.stringify([info.created, info.config]));
      for (const subject of Object.keys(info.state?.subjects ?? {})) {
        const { message } = await this.#api(`STREAM.MSG.GET.${stream}`, { last_by_subj: subject });
        stored.set(`${stream} ${subject}`, `${message?.seq} ${message?.data}`);
      }
    }
    return stored;
  }

  async consumers(): Promise<number> {
    const counts = await Promise.all(
      this.streams.map(async (stream) => (await this.#api(`STREAM.INFO.${stream}`, {})).state),
    );
    return counts.reduce((sum, state) => sum + (state?.consumer_count ?? 0), 0);
  }

  /** Whatever the servers are still busy with has happened when the judge gets an answer. */
  /** How long messages are on their way between servers, in milliseconds. */
  settleFor = 0;

  async settle(): Promise<void> {
    if (this.settleFor > 0) await new Promise((resolve) => setTimeout(resolve, this.settleFor));
    await this.victim.flush();
    await this.#judge.flush();
    await this.#api(`STREAM.INFO.${this.names.registry.stream}`, {});
  }

  /** Begins a batch of the collector on the registry, and does not end it. */
  async openBatch(id: string): Promise<{ commit(): Promise<string> }> {
    const subject = this.batched;
    const with_ = (n: number, isLast = false) => {
      const all = headers();
      all.set('Nats-Batch-Id', id);
      all.set('Nats-Batch-Sequence', `${n}`);
      if (isLast) all.set('Nats-Batch-Commit', '1');
      return all;
    };
    await this.#judge.request(subject, 'first', { timeout: 2000, headers: with_(1) });
    return {
      commit: async () =>
        (
          await this.#judge.request(subject, 'last', { timeout: 2000, headers: with_(2, true) })
        ).string(),
    };
  }

  async #api(what: string, request: object): Promise<ApiAnswer> {
    return (await this.#judge.request(`$JS.API.${what}`, JSON.stringify(request))).json();
  }
}

interface ApiAnswer {
  readonly created?: string;
  readonly config?: object;
  readonly state?: {
    readonly subjects?: object;
    readonly consumer_count?: number;
    readonly messages?: number;
  };
  readonly message?: { readonly seq: number; readonly data?: string };
}
