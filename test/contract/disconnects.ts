import { describe, expect, test } from 'vitest';
import type { RunRef } from '../../src/domain/identity/names.ts';
import type { Disconnect, DisconnectEvents } from '../../src/ports/disconnects.ts';
import { eventually } from './support/eventually.ts';
import { hostileNames, named } from './support/names.ts';
import { run } from './support/sample-names.ts';
import type { Open, Subject } from './support/store-under-test.ts';

const slotOf = ({ host, agent }: RunRef) => ({ host, agent });
const closed = (of: RunRef) => ({
  slot: slotOf(of),
  how: 'closed-by-client',
  reason: expect.any(String),
});

/** Closes a connection to each server, one after the other; returns how many there were. */
async function closeEach(subject: Subject, of?: RunRef): Promise<number> {
  const connections = await subject.connections(of);
  for (const connection of connections) await connection[Symbol.asyncDispose]();
  return connections.length;
}

/** A run whose connections are closed until the watcher is notified: then every server knows the watch. */
const scout = run(0);

/** The notifications of one watcher, without those about the scout. */
class Told implements AsyncDisposable {
  readonly #all: Disconnect[] = [];
  readonly #stop = new AbortController();
  readonly ended: Promise<void>;

  private constructor(disconnects: DisconnectEvents) {
    this.ended = disconnects.watch((said) => void this.#all.push(said), this.#stop.signal);
  }

  static async by(subject: Subject, { disconnects } = subject.store): Promise<Told> {
    const told = new Told(disconnects);
    await eventually(subject, async () => {
      const before = told.#scouts();
      const closed = await closeEach(subject, scout);
      await subject.elapse(100);
      expect(told.#scouts() - before).toBe(closed);
    });
    return told;
  }

  get disconnects(): readonly Disconnect[] {
    return this.#all.filter(({ slot }) => slot.host !== scout.host);
  }

  abort(): void {
    this.#stop.abort();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.abort();
    await this.ended;
  }

  #scouts(): number {
    return this.#all.length - this.disconnects.length;
  }
}

export function departureContract(open: Open): void {
  describe('a disconnect', () => {
    test('is notified once to each watcher, for a connection to any server', async () => {
      await using subject = await open();
      await using other = await subject.other();
      await using one = await Told.by(subject);
      await using two = await Told.by(subject, other);
      const connections = await subject.connections(run(1));
      await subject.elapse(200);
      expect(one.disconnects).toEqual([]);
      for (const [n, connection] of connections.entries()) {
        await connection[Symbol.asyncDispose]();
        const said = Array.from({ length: n + 1 }, () => closed(run(1)));
        await eventually(subject, () => expect(one.disconnects).toEqual(said));
        await eventually(subject, () => expect(two.disconnects).toEqual(said));
      }
      await subject.elapse(500);
      expect(one.disconnects).toHaveLength(connections.length);
      expect(two.disconnects).toHaveLength(connections.length);
    });

    test.each(Object.entries(hostileNames))(
      'of an agent with a name %s is notified with its slot',
      async (_, name) => {
        await using subject = await open();
        await using told = await Told.by(subject);
        const [connection] = await subject.connections(named(name));
        await connection?.[Symbol.asyncDispose]();
        await eventually(subject, () => expect(told.disconnects).toEqual([closed(named(name))]));
      },
    );

    test('of a client that is not an agent is not notified', async () => {
      await using subject = await open();
      await using told = await Told.by(subject);
      await closeEach(subject);
      const count = await closeEach(subject, run(1));
      await eventually(subject, () =>
        expect(told.disconnects.length).toBeGreaterThanOrEqual(count),
      );
      await subject.elapse(200);
      expect(told.disconnects).toEqual(Array.from({ length: count }, () => closed(run(1))));
    });

    test('is not notified after the watch was aborted and has ended', async () => {
      await using subject = await open();
      await using told = await Told.by(subject);
      await using going = await Told.by(subject);
      told.abort();
      await told.ended;
      await closeEach(subject, run(1));
      await eventually(subject, () => expect(going.disconnects).not.toEqual([]));
      await subject.elapse(200);
      expect(told.disconnects).toEqual([]);
    });

    test('is not notified to a watch that was aborted before it began', async () => {
      await using subject = await open();
      const said: Disconnect[] = [];
      const watch = subject.store.disconnects.watch(
        (one) => void said.push(one),
        AbortSignal.abort(),
      );
      await watch;
      await closeEach(subject, run(1));
      await subject.elapse(200);
      expect(said).toEqual([]);
    });

    test('is not notified after the watcher’s own connection is closed, and the watch ends', async () => {
      await using subject = await open();
      const other = await subject.other();
      const told = await Told.by(subject, other);
      await other[Symbol.asyncDispose]();
      await eventually(subject, () => told.ended);
      await closeEach(subject, run(1));
      expect(told.disconnects).toEqual([]);
    });
  });
}
