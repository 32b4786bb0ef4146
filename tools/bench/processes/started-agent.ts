import { setTimeout as pause } from 'node:timers/promises';
import type { NatsConnection } from '@nats-io/transport-node';
import { subjectNamesOf } from '../../../src/adapters/nats/connection/subject-names.ts';
import {
  type InstanceOptions,
  type RunningAgent,
  type StoreOptions,
  startAgent,
} from '../../../src/index.ts';
import type { Access } from '../environment/access.ts';
import type { BareMessage } from '../environment/baseline-batch.ts';
import { watchBare } from '../environment/baseline-watch.ts';

/** The options of the library for this access. */
export const accessOf = ({
  servers,
  namespace,
  credentials,
  tls,
  inboxPrefix,
}: Access): StoreOptions => ({
  servers,
  namespace,
  ...(credentials && { credentials: credentials as NonNullable<StoreOptions['credentials']> }),
  ...(tls && { tls: tls as NonNullable<StoreOptions['tls']> }),
  ...(inboxPrefix !== undefined && { inboxPrefix }),
});

/** Starts an agent as a program does that uses the library. */
export const startOne = (access: Access, host: string, instances: number): Promise<RunningAgent> =>
  startAgent({
    ...accessOf(access),
    host,
    name: 'agent',
    instances: instancesOf(host, instances),
  });

export const instancesOf = (host: string, instances: number): readonly InstanceOptions[] =>
  Array.from({ length: instances }, (_, n) => ({
    service: 'web',
    id: `${host}-${n}`,
    address: '192.0.2.1',
    port: 8080,
    labels: { version: '1.0.0' },
  }));

const ofProcess = /\.(session|collector)\.\d+$/;

/** The records of a host in the registry, and the events that its agent committed with them. */
export class HostMessages {
  readonly records: string[] = [];
  readonly events: string[] = [];

  static async read(bare: NatsConnection, access: Access, host: string): Promise<HostMessages> {
    const { registry, eventPrefix } = subjectNamesOf(access.namespace);
    const read = new HostMessages();
    let last = performance.now();
    let isOver = false;
    const take = (filter: string, into: string[]) =>
      watchBare(bare, { stream: registry.stream, filter, from: 0 }, (msg) => {
        last = performance.now();
        if (!isOver && !ofProcess.test(msg.subject)) into.push(msg.string());
      });
    await take(`${registry.prefix}*.${host}.>`, read.records);
    await take(`${eventPrefix}${host}.>`, read.events);
    while (performance.now() - last < 500) await pause(50);
    isOver = true;
    return read;
  }

  /** The same bytes under new subjects of this name: the records, and with `events` also those. */
  under(access: Access, name: string, events: boolean): readonly BareMessage[] {
    const { registry, eventPrefix } = subjectNamesOf(access.namespace);
    const all = this.records.map((body, n) => ({
      subject: `${registry.prefix}bare.${name}.${n}`,
      body,
    }));
    if (!events) return all;
    const more = this.events.map((body, n) => ({
      subject: `${eventPrefix}bare.${name}.${n}`,
      body,
    }));
    return [...all, ...more];
  }
}
