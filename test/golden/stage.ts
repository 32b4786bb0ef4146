import { type Recorded, readEvent } from '../../src/domain/events/audit-entry.ts';
import type { AuditEvent } from '../../src/domain/events/event-schema.ts';
import { TestFleet } from '../real/harness/fleet.ts';
import { startTestServer, type TestServer } from '../real/harness/nats-server.ts';
import { until } from '../real/harness/until.ts';

/** What a scenario plays on: a server of its own, a fleet, and the history as far as it is. */
export class Stage implements AsyncDisposable {
  readonly server: TestServer;
  readonly fleet: TestFleet;

  private constructor(server: TestServer, fleet: TestFleet) {
    this.server = server;
    this.fleet = fleet;
  }

  static async open(): Promise<Stage> {
    const server = await startTestServer();
    return new Stage(server, await TestFleet.open(server.url));
  }

  async history(): Promise<readonly Recorded[]> {
    const all: Recorded[] = [];
    for await (const stored of this.fleet.store.audit.read(0)) {
      const read = readEvent(stored);
      if (read.kind === 'event') all.push(read);
    }
    return all;
  }

  readonly #saw = async (what: string, holds: (event: AuditEvent) => boolean, count: number) => {
    const seen = async () =>
      (await this.history()).filter(({ event }) => holds(event)).length >= count;
    await until(`the audit has ${count} times: ${what}`, seen, 60_000);
  };

  /** Waits until an entity of this kind has had this transition, so many times. */
  readonly happened = (entity: AuditEvent['of']['entity'], type: string, count = 1) =>
    this.#saw(
      `${entity} ${type}`,
      (one) => one.of.entity === entity && one.event.type === type,
      count,
    );

  /** Somebody's tool writes a record, or deletes it: no event explains that. */
  readonly byHand = async (key: string, text: string | undefined): Promise<void> => {
    const { revision: expect } = await this.fleet.store.registry.read(key);
    const commit = { writes: [{ key, expect, text }], events: [] };
    const { outcome } = await this.fleet.store.registry.commit(commit);
    if (outcome !== 'committed') throw new Error(`${key} was not written: ${outcome}`);
  };

  async [Symbol.asyncDispose](): Promise<void> {
    await this.fleet[Symbol.asyncDispose]();
    await this.server[Symbol.asyncDispose]();
  }
}
