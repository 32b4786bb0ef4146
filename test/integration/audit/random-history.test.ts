import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseAuditEvent } from '../../../src/domain/events/audit-entry.ts';
import { toAgentRow, toInstanceRow } from '../../../src/domain/fleet/directory-rows.ts';
import { allKeys } from '../../../src/domain/identity/registry-keys.ts';
import type { KeyValueEntry } from '../../../src/domain/records/stored-record.ts';
import { RegistryProjection } from '../../../src/domain/replay/fold.ts';
import { type ReplayResult, replayTo } from '../../../src/runtime/audit/replay.ts';
import { Directory } from '../../../src/runtime/directory/directory.ts';
import { until } from '../harness/until.ts';
import { withServer } from '../harness/with-server.ts';
import { openOn } from '../nats/support/open-store.ts';
import {
  portsOf,
  quiet,
  specOf,
  startAgent,
  startCollector,
  verdictOn,
} from './support/sample-audit.ts';

const context = withServer();

const places = ['h1/a', 'h1/b', 'h2/a'] as const;
const names = ['web/1', 'web/2', 'db/1'] as const;

const anyStep = fc.record({
  place: fc.constantFrom(...places),
  what: fc.constantFrom('replace', 'replace', 'report', 'die', 'stop', 'restart'),
  names: fc.subarray([...names]),
  port: fc.integer({ min: 1, max: 3 }),
  wait: fc.constantFrom(0, 0, 20, 200),
});

/** All existing records, by key. */
const standing = (entries: readonly KeyValueEntry[]) =>
  new Map(entries.filter(({ text }) => text !== undefined).map((entry) => [entry.key, entry]));

type Rows = Pick<Directory, 'instances' | 'agents'>;
const rowsOf = ({ instances, agents }: { instances: unknown[]; agents: unknown[] }): string[] =>
  [...instances, ...agents].map((row) => JSON.stringify(row)).sort();
const seenBy = (directory: Rows) =>
  rowsOf({ instances: [...directory.instances()], agents: [...directory.agents()] });

const replayedRows = ({ fleet }: ReplayResult, observed: boolean): string[] => {
  const slots = [...fleet.slots()];
  return rowsOf({
    agents: slots.flatMap((slot) => toAgentRow(slot, fleet, observed) ?? []),
    instances: slots.flatMap((slot) =>
      [...slot.instances.values()].flatMap((one) =>
        one.kind === 'stored' ? [toInstanceRow(one, slot, fleet, observed)] : [],
      ),
    ),
  });
};

test('a replay of any random history gives the registry, now and at every recorded moment', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyStep, { minLength: 6, maxLength: 14 }), async (steps) => {
      await using opened = await openOn([context.server.url]);
      const { store } = opened;
      const on = { servers: [context.server.url], namespace: opened.names.namespace };
      await using _ = await startCollector(on, 'one', 10_000);
      const ports = portsOf(store);
      const seen = new Map<number, { rows: string[]; observed: boolean }>();
      await using directory = new Directory(ports, {
        seatsEvery: 500,
        onChange: () =>
          void seen.set(directory.revision, {
            rows: seenBy(directory),
            observed: directory.observed,
          }),
      });
      const running = new Map<string, Awaited<ReturnType<typeof startAgent>>>();
      for (const place of places) running.set(place, await startAgent(on, place, ['web/1']));

      for (const { place, what, names: some, port, wait } of steps) {
        const one = running.get(place);
        if (!one) running.set(place, await startAgent(on, place, some));
        else if (what === 'die' || what === 'stop') {
          await one[what]();
          running.delete(place);
        } else if (what === 'report') {
          one.agent.report(specOf(some[0] ?? 'web/1'), { state: 'failing', detail: 'refused' });
        } else if (what === 'replace') {
          one.agent.replace(some.map((name) => specOf(name, port)));
        } else {
          await one.die();
          running.set(place, await startAgent(on, place, some));
        }
        await new Promise((resolve) => setTimeout(resolve, wait));
      }
      for (const one of running.values()) await one.stop();
      await until('what died is collected', async () =>
        (await store.registry.list(['agent.>'], 0)).every(({ text }) => text === undefined),
      );
      await quiet(store);

      const fold = new RegistryProjection();
      const events = [];
      for await (const stored of store.audit.read(0)) {
        events.push(stored);
        const recorded = parseAuditEvent(stored);
        if (recorded.kind === 'event') fold.take(recorded);
      }
      const folded = new Map([...fold.records].map(([key, { entry }]) => [key, entry]));
      expect(folded).toEqual(standing(await store.registry.list([allKeys], 0)));
      const { said } = await verdictOn(store);
      expect(said).toEqual([]);

      const never = new AbortController().signal;
      const origins = new Set(events.map(({ origin }) => origin));
      // A commit may come in parts: a view in the middle of one is no moment of the history.
      const moments = [...seen].filter(
        ([revision]) => origins.has(revision) || origins.has(revision + 1),
      );
      // The last view is always a moment of the history: nothing is written any more.
      expect(moments.length).toBeGreaterThan(0);
      for (const [revision, { rows, observed }] of moments) {
        // The events of a commit come right after its records.
        let [seq, end] = [0, revision];
        for (const { seq: at, origin } of events) {
          if (origin > end + 1) break;
          [seq, end] = [at, Math.max(end, origin)];
        }
        const replayed = await replayTo(store.audit, { seq }, undefined, never);
        expect(replayedRows(replayed, observed)).toEqual(rows);
      }
    }),
    { numRuns: 3, endOnFailure: true, interruptAfterTimeLimit: 150_000 },
  );
}, 180_000);
