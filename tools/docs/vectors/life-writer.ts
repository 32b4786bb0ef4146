import { createHash } from 'node:crypto';

/** One message of the life of an agent, as it is sent. */
export interface VectorMessage {
  /** The stream that stores it. */
  readonly stream: string;
  /** Its sequence there. */
  readonly revision: number;
  readonly subject: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly payload: string;
  /** SHA-256 of the payload of an event. */
  readonly hash?: string;
}

export interface VectorStep {
  readonly does: string;
  readonly messages: readonly VectorMessage[];
}

/** A record, with the fields in the order in which they are written. */
export type Fields = Readonly<Record<string, unknown>>;

export const namespace = 'vectors';
const registry = `KV_rollcall_${namespace}_registry`;
const leases = `KV_rollcall_${namespace}_leases`;
/** The host has a dot, and the instance a space: both are escaped in subjects. */
const slot = { host: 'db-1.example', agent: 'shop' };
const tokens = 'db-1=2Eexample.shop';
export const own = { ...slot, run: 'k3v9x0a7q2m4s6u8' };
export const collector = { host: 'watch', agent: 'collector', run: 'c0llect0r0c0llect' };
const expect = 'Nats-Expected-Last-Subject-Sequence';
export const agentSubject = `$KV.rollcall_${namespace}_registry.agent.${tokens}`;
export const ids = ['w 1', 'w2'] as const;
export const instanceSubject = (id: string) =>
  `$KV.rollcall_${namespace}_registry.instance.${tokens}.web.${id.replace(' ', '=20')}`;
const leaseSubject = `$KV.rollcall_${namespace}_leases.run.${tokens}.${own.run}`;

/** A record in its key: its last content and its revision. */
interface Kept {
  record: Fields;
  revision: number;
}

interface Change {
  readonly subject: string;
  readonly expected: number;
  /** Undefined: the record is removed. */
  readonly record: Fields | undefined;
  readonly event: Fields & { readonly n: number };
}

/** Builds the messages one after the other, with the sequences that an empty namespace gives them. */
export class LifeWriter {
  readonly steps: VectorStep[] = [];
  readonly #kept = new Map<string, Kept>();
  #registrySeq = 1000;
  #leasesSeq = 0;
  #events = 0;
  #batches = 0;
  #at = 1_800_000_000_000;

  lease(does: string, ...headers: VectorMessage['headers']): void {
    const expected = `${this.#leasesSeq}`;
    this.#leasesSeq += 1;
    const isRelease = headers.length > 0;
    const text = JSON.stringify({ v: 1, run: own.run, ttl: 15_000 });
    const message = {
      stream: leases,
      revision: this.#leasesSeq,
      subject: leaseSubject,
      headers: [
        ...(isRelease ? headers : [['Nats-TTL', '15s'] as const]),
        [expect, expected] as const,
      ],
      payload: isRelease ? '' : text,
    };
    this.steps.push({ does, messages: [message] });
  }

  /** A time one second after the last one. */
  tick(): number {
    this.#at += 1000;
    return this.#at;
  }

  record(subject: string): Fields {
    return this.#kept.get(subject)?.record ?? {};
  }

  /** The next version of a record, with its term or token filled in. */
  next(subject: string, change: Fields, without: readonly string[] = []): Fields {
    const kept = this.#kept.get(subject);
    const { hash: _, ...before } = kept?.record ?? {};
    const number = 'term' in before ? 'term' : 'token';
    const all = { ...before, ...change, [number]: before[number] || kept?.revision };
    const n = Number(before['n']) + 1;
    return Object.fromEntries(
      Object.entries({ ...all, n }).filter(([name]) => !without.includes(name)),
    );
  }

  commit(does: string, changes: readonly Change[]): void {
    const events = changes.map((change) => this.#event(change));
    const isFenced = !changes.some(({ subject }) => subject === agentSubject);
    const fence = [
      [expect, `${this.#kept.get(agentSubject)?.revision}`],
      [`${expect}-Subject`, agentSubject],
    ] as const;
    const records = changes.map(({ subject, expected, record }, index) => ({
      subject,
      headers: [
        ...(record
          ? []
          : ([
              ['KV-Operation', 'PURGE'],
              ['Nats-TTL', '86400s'],
            ] as const)),
        [expect, `${expected}`] as const,
      ],
      payload: record ? JSON.stringify({ ...record, hash: events[index]?.hash }) : '',
    }));
    const all = [
      ...records,
      ...events.map((event, index) => ({
        ...event,
        headers: isFenced && index === 0 ? fence : [],
      })),
    ];
    this.#batches += 1;
    const messages = all.map((message, index) => ({
      stream: registry,
      revision: this.#registrySeq + index + 1,
      ...message,
      headers: [
        ...message.headers,
        ['Nats-Batch-Id', `vector-batch-${this.#batches}`] as const,
        ['Nats-Batch-Sequence', `${index + 1}`] as const,
        ...(index === all.length - 1 ? [['Nats-Batch-Commit', '1'] as const] : []),
      ],
    }));
    for (const [index, { subject, record }] of changes.entries()) {
      const revision = this.#registrySeq + index + 1;
      if (record)
        this.#kept.set(subject, { record: { ...record, hash: events[index]?.hash }, revision });
      else this.#kept.delete(subject);
    }
    this.#registrySeq += all.length;
    this.steps.push({ does, messages });
  }

  expected = (subject: string): number => this.#kept.get(subject)?.revision ?? 0;

  #event({ event, record }: Change): { subject: string; payload: string; hash: string } {
    this.#events += 1;
    const { of, ...rest } = event as Fields & { of: Fields; n: number };
    const instance = of['id'] === undefined ? '' : `.web.${String(of['id']).replace(' ', '=20')}`;
    const payload = JSON.stringify({
      v: 1,
      eventId: `vector-event-${this.#events}`,
      at: this.#at,
      of,
      machine: of['entity'],
      chart: '',
      ...rest,
      edges: [],
      record: record ?? null,
    });
    const subject = `rollcall.${namespace}.event.${tokens}.${own.run}${instance}.${event.n}`;
    return { subject, payload, hash: createHash('sha256').update(payload).digest('hex') };
  }
}
