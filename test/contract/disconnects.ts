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

/** Whose connections are closed until it is told: then every server knows of the watch. */
const scout = run(0);

/** What a watcher is told, scouts aside. */
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
  describe('a departure', () => {
    test('is told once to each who watches, whichever server the connection was to', async () => {
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

    test.each(Object.entries(hostileNames))('of a name %s tells its slot', async (_, name) => {
      await using subject = await open();
      await using told = await Told.by(subject);
      const [connection] = await subject.connections(named(name));
      await connection?.[Symbol.asyncDispose]();
      await eventually(subject, () => expect(told.disconnects).toEqual([closed(named(name))]));
    });

    test('of whoever is no agent is not told', async () => {
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

    test('is told to nobody after the signal, and the watch has ended', async () => {
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

    test('is not watched for where the signal came first', async () => {
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

    test('is watched for until the watcher’s own connection is closed', async () => {
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
