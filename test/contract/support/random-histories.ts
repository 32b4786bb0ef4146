import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { auditOf, byKey } from '../requests.ts';
import { commands } from './commands.ts';
import { eventually } from './eventually.ts';
import { emptyModel } from './model.ts';
import type { Effort, Open } from './store-under-test.ts';
import { Observed } from './watch-recorder.ts';

/** Random requests of two clients and a foreign tool, compared with the simplest model. */
export function historyContract(open: Open, effort: Effort): void {
  describe('a store after any history', () => {
    test('equals a model of one map, one set and one list', async () => {
      await fc.assert(
        fc.asyncProperty(commands(effort), async (history) => {
          await using subject = await open();
          await using other = await subject.other();
          await using seen = new Observed((signal) => other.registry.watch(['>'], signal));
          const model = emptyModel();
          await fc.asyncModelRun(() => ({ model, real: { subject, other } }), history);

          const listed = byKey(await other.registry.list(['>'], model.lastRevision));
          expect(listed).toEqual(byKey(model.records.values()));
          const standing = listed.filter(({ text }) => text !== undefined);
          await eventually(subject, () => expect(seen.entries).toEqual(standing));
          expect(seen.broken).toEqual([]);
          const texts = await eventually(subject, async () => {
            const events = await auditOf(other);
            expect(events.length).toBeGreaterThanOrEqual(model.events.length);
            return events.map(({ text }) => text);
          });
          expect(texts).toEqual(model.events);
        }),
        { numRuns: effort.histories, interruptAfterTimeLimit: 100_000 },
      );
    });
  });
}
