import { describe, expect, test } from 'vitest';
import { allRunLeases } from '../../src/domain/identity/registry-keys.ts';
import { seconds } from '../../src/domain/time.ts';
import { eventually } from './support/eventually.ts';
import { lease } from './support/sample-names.ts';
import type { Open } from './support/store-under-test.ts';

export function serverTimeContract(open: Open): void {
  describe("the server's time", () => {
    test('passes as time passes', async () => {
      await using subject = await open();
      const { serverTime } = subject.store;
      const before = await serverTime.now();
      await subject.elapse(seconds(1));
      const passed = (await serverTime.now()) - before;
      expect(passed).toBeGreaterThanOrEqual(seconds(1) - 1);
      expect(passed).toBeLessThan(seconds(60));
    });

    test('is the time with which a watch reports a change', async () => {
      await using subject = await open();
      const { leases, serverTime } = subject.store;
      const stop = new AbortController();
      const reported: (number | undefined)[] = [];
      let isOpen = false;
      const following = (async () => {
        for await (const event of leases.watch([allRunLeases], stop.signal)) {
          isOpen = true;
          if (event.kind === 'changes' && event.entries.length > 0) reported.push(event.storedAt);
        }
      })();
      await eventually(subject, () => expect(isOpen).toBe(true));
      const before = await serverTime.now();
      await leases.create(lease(1), 'mine', seconds(600));
      const after = await serverTime.now();
      await eventually(subject, () => expect(reported).toHaveLength(1));
      stop.abort();
      await following;
      expect(reported[0]).toBeGreaterThanOrEqual(before - 1);
      expect(reported[0]).toBeLessThanOrEqual(after + 1);
    });
  });
}
