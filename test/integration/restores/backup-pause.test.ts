import { expect, test, vi } from 'vitest';
import { pauseTrimming } from '../../../src/adapters/nats/backup/pause-trimming.ts';
import { SupervisedConnection } from '../../../src/adapters/nats/connection/supervised-connection.ts';
import { days } from '../../../src/domain/time.ts';
import { startTestServer } from '../harness/nats-server.ts';
import { until } from '../harness/until.ts';
import { openOn, recordAndEvent } from '../nats/support/open-store.ts';

test('while a backup is made, no collector trims the outbox, whatever the clocks of the two machines say', async () => {
  await using server = await startTestServer();
  await using opened = await openOn([server.url]);
  const { store, names, raw } = opened;
  for (const n of [1, 2, 3]) {
    await store.registry.commit(recordAndEvent(`agent.a.${n}`, 0, 'x', `a.b.${n}.1`));
  }
  await until('the audit has all events', async () => (await store.audit.range()).last === 3);
  const machine = Date.now;
  const clock = vi.spyOn(Date, 'now');
  try {
    clock.mockImplementation(() => machine() - days(2));
    {
      await using _ = await pauseTrimming(new SupervisedConnection(raw), names, 5000);
      for (const by of [-days(2), 0, days(2)]) {
        clock.mockImplementation(() => machine() + by);
        expect(await store.audit.tidy()).toBe(0);
      }
    }
    expect(await store.audit.tidy()).toBe(2);
  } finally {
    clock.mockRestore();
  }
});
