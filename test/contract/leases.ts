import { describe, expect, test } from 'vitest';
import {
  allRunLeases,
  allSeats,
  leasesOfAgentFilter,
  seatKey,
} from '../../src/domain/identity/registry-keys.ts';
import { seconds } from '../../src/domain/time.ts';
import { byKey, held } from './requests.ts';
import { eventually } from './support/eventually.ts';
import { lease, slot } from './support/sample-names.ts';
import type { Open } from './support/store-under-test.ts';
import { Observed } from './support/watch-recorder.ts';

const key = lease(1);
const ttl = seconds(2);
/** Long enough that it lapses in no test. */
const long = seconds(600);

export function leaseContract(open: Open): void {
  describe('a lease', () => {
    test('that was never taken has no holder', async () => {
      await using subject = await open();
      expect(await subject.store.leases.read(key)).toMatchObject({ key, text: undefined });
      expect(await subject.store.leases.list(allRunLeases)).toEqual([]);
    });

    test('that was never taken cannot be renewed', async () => {
      await using subject = await open();
      const { leases } = subject.store;
      for (const at of [0, 1]) expect(await leases.renew(key, 'mine', at, long)).toBe('lost');
      expect(await leases.read(key)).toMatchObject({ text: undefined });
    });

    test('is read by others with the text of its holder', async () => {
      await using subject = await open();
      await using other = await subject.other();
      const revision = await held(subject.store.leases.create(key, 'mine', long));
      expect(await other.leases.read(key)).toEqual({ key, revision, text: 'mine' });
    });

    test('has one holder and is taken for everyone else', async () => {
      await using subject = await open();
      await using other = await subject.other();
      await held(subject.store.leases.create(key, 'mine', long));
      expect(await other.leases.create(key, 'theirs', long)).toBe('taken');
      expect(await other.leases.read(key)).toMatchObject({ text: 'mine' });
    });

    test('is granted to exactly one of many concurrent requests', async () => {
      await using subject = await open();
      await using other = await subject.other();
      const results = await Promise.all(
        Array.from({ length: 10 }, (_, n) =>
          (n % 2 === 0 ? subject.store : other).leases.create(key, `holder ${n}`, long),
        ),
      );
      const winner = results.findIndex((result) => result !== 'taken');
      expect(results.filter((result) => result === 'taken')).toHaveLength(9);
      expect(await other.leases.read(key)).toMatchObject({ text: `holder ${winner}` });
    });

    test('is renewed at its revision and gets a new one', async () => {
      await using subject = await open();
      const { leases } = subject.store;
      const first = await held(leases.create(key, 'mine', long));
      const second = await held(leases.renew(key, 'mine', first, long));
      expect(second).toBeGreaterThan(first);
      expect(await leases.read(key)).toEqual({ key, revision: second, text: 'mine' });
    });

    test('is renewed after an own renewal whose answer was lost', async () => {
      await using subject = await open();
      const { leases } = subject.store;
      const first = await held(leases.create(key, 'mine', long));
      const unheard = await held(leases.renew(key, 'mine', first, long));
      const third = await held(leases.renew(key, 'mine', first, long));
      expect(third).toBeGreaterThan(unheard);
    });

    test('is lost once another client wrote it', async () => {
      await using subject = await open();
      const { leases } = subject.store;
      const at = await held(leases.create(key, 'mine', long));
      await subject.put('leases', key, 'theirs');
      expect(await leases.renew(key, 'mine', at, long)).toBe('lost');
      expect(await leases.release(key, at)).toBe('lost');
      expect(await leases.read(key)).toMatchObject({ text: 'theirs' });
    });

    test('is lost once a foreign tool deleted it, and can then be taken again', async () => {
      await using subject = await open();
      const { leases } = subject.store;
      const at = await held(leases.create(key, 'mine', long));
      await subject.remove('leases', key);
      expect(await leases.renew(key, 'mine', at, long)).toBe('lost');
      expect(await leases.read(key)).toMatchObject({ text: undefined });
      await held(leases.create(key, 'theirs', long));
    });

    test('that was released is free immediately', async () => {
      await using subject = await open();
      const { leases } = subject.store;
      const at = await held(leases.create(key, 'mine', long));
      expect(await leases.release(key, at)).toBe('released');
      expect(await leases.read(key)).toMatchObject({ text: undefined });
      expect(await leases.list(allRunLeases)).toEqual([]);
      expect(await leases.renew(key, 'mine', at, long)).toBe('lost');
      await held(leases.create(key, 'theirs', long));
    });

    test('is not released at an old revision', async () => {
      await using subject = await open();
      const { leases } = subject.store;
      const first = await held(leases.create(key, 'mine', long));
      await held(leases.renew(key, 'mine', first, long));
      expect(await leases.release(key, first)).toBe('lost');
      expect(await leases.read(key)).toMatchObject({ text: 'mine' });
    });

    test('exists until its ttl is over and then lapses by itself', async () => {
      await using subject = await open();
      const { leases } = subject.store;
      const at = await held(leases.create(key, 'mine', ttl));
      await subject.elapse(ttl / 2);
      expect(await leases.read(key)).toMatchObject({ revision: at, text: 'mine' });
      await eventually(subject, async () =>
        expect(await leases.read(key)).toMatchObject({ text: undefined }),
      );
      expect(await leases.list(allRunLeases)).toEqual([]);
    });

    test('that lapsed is lost to its holder and can be taken', async () => {
      await using subject = await open();
      const { leases } = subject.store;
      const at = await held(leases.create(key, 'mine', seconds(1)));
      await subject.elapse(seconds(2));
      expect(await leases.renew(key, 'mine', at, long)).toBe('lost');
      expect(await leases.release(key, at)).not.toBe('taken');
      const again = await held(leases.create(key, 'theirs', long));
      expect(again).toBeGreaterThan(at);
      expect(await leases.read(key)).toEqual({ key, revision: again, text: 'theirs' });
    });

    test('exists for a full ttl after its last renewal', async () => {
      await using subject = await open();
      const { leases } = subject.store;
      let at = await held(leases.create(key, 'mine', ttl));
      for (let n = 0; n < 3; n += 1) {
        await subject.elapse(seconds(1));
        at = await held(leases.renew(key, 'mine', at, ttl));
      }
      await subject.elapse(seconds(1));
      expect(await leases.read(key)).toMatchObject({ revision: at, text: 'mine' });
      await eventually(subject, async () =>
        expect(await leases.read(key)).toMatchObject({ text: undefined }),
      );
    });

    test('is listed below its filter while it exists', async () => {
      await using subject = await open();
      const { leases } = subject.store;
      const keys = [lease(1), lease(2), seatKey(1)];
      for (const each of keys) await held(leases.create(each, `of ${each}`, long));
      const lapsing = await held(leases.create(lease(3), 'short', seconds(1)));
      const released = await held(leases.create(lease(4), 'short', long));
      await leases.release(lease(4), released);
      await eventually(subject, async () =>
        expect(await leases.list(lease(3))).not.toContainEqual(
          expect.objectContaining({ revision: lapsing }),
        ),
      );
      const listed = async (filter: string) =>
        byKey(await leases.list(filter)).map(({ key, text }) => [key, text]);
      expect(await listed(allRunLeases)).toEqual([lease(1), lease(2)].map((k) => [k, `of ${k}`]));
      expect(await listed(leasesOfAgentFilter(slot(2)))).toEqual([[lease(2), `of ${lease(2)}`]]);
      expect(await listed(allSeats)).toEqual([[seatKey(1), `of ${seatKey(1)}`]]);
    });

    test('is reported by a watch when it is taken, renewed and released, but not when it lapses', async () => {
      await using subject = await open();
      const { leases } = subject.store;
      const first = await held(leases.create(key, 'mine', long));
      await using seen = new Observed((signal) => leases.watch([allRunLeases], signal));
      await eventually(subject, () => expect(seen.kinds).toContain('snapshot'));
      expect(seen.entries).toEqual([{ key, revision: first, text: 'mine' }]);
      const renewed = await held(leases.renew(key, 'mine', first, long));
      // Only the newest entry of a key is stored: an entry that is not delivered yet would be lost.
      await eventually(subject, () => expect(seen.upTo).toBeGreaterThanOrEqual(renewed));
      await leases.release(key, renewed);
      const short = await held(leases.create(lease(2), 'short', seconds(1)));
      await eventually(subject, async () =>
        expect(await leases.read(lease(2))).toMatchObject({ text: undefined }),
      );
      const again = await held(leases.create(lease(2), 'again', long));
      await eventually(subject, () => expect(seen.upTo).toBeGreaterThanOrEqual(again));
      expect(seen.changes).toMatchObject([
        { key, revision: renewed, text: 'mine' },
        { key, text: undefined },
        { key: lease(2), revision: short, text: 'short' },
        { key: lease(2), revision: again, text: 'again' },
      ]);
      expect(seen.broken).toEqual([]);
    });
  });
}
