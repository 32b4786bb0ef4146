import fc from 'fast-check';
import { expect, test } from 'vitest';
import { systemClock } from '../../src/adapters/system/clock.ts';
import { eventJson, stateText, subjectOf, whyOf } from '../../src/cli/audit/event-lines.ts';
import { describeChain, parseAuditEvent } from '../../src/domain/events/audit-entry.ts';
import { AuditEvent } from '../../src/domain/events/event-schema.ts';
import { eventSubject } from '../../src/domain/events/event-subjects.ts';
import type { Divergence } from '../../src/domain/replay/divergence.ts';
import { RegistryProjection } from '../../src/domain/replay/fold.ts';
import type { StoredEvent } from '../../src/ports/audit.ts';
import { signatureOf } from '../../src/runtime/audit/keyframes/signed-keyframes.ts';
import { replayTo } from '../../src/runtime/audit/replay.ts';
import { replayMachines } from '../../src/runtime/audit/replay-machines.ts';
import { verify } from '../../src/runtime/audit/verify.ts';
import * as machines from '../../src/runtime/transitions/machine-set.ts';
import { anyEvent } from '../arbitrary/records.ts';
import { historyOf } from '../fixtures/history/given-history.ts';
import { longHistory } from '../fixtures/history/long-history.ts';
import { fuzz } from './support/fuzz.ts';
import { mutated } from './support/mutated.ts';

const true_ = [...longHistory(60, { agents: 4 })];
const { signal } = new AbortController();

/** One event of a valid history, or an arbitrary event, changed. */
const anyText = mutated(
  fc.oneof(anyEvent, fc.constantFrom(...true_.map(({ text }) => JSON.parse(text)))),
);
const at = { seq: 1, origin: 1, storedAt: 0, subject: 'h.a.run00000.1' };

test('any stored event is read or illegible, and an event that is read can be printed', () =>
  fuzz(
    anyText,
    (text) => {
      const read = parseAuditEvent({ ...at, text });
      const fold = new RegistryProjection();
      expect(eventJson(read)).toContain('{');
      if (read.kind === 'illegible') {
        expect(read.why).not.toBe('');
        return;
      }
      fold.take(read);
      for (const { entry } of fold.records.values()) expect(entry.text).toContain('{');
      const { event } = read;
      for (const said of [
        subjectOf(event),
        whyOf(event),
        stateText(event.to),
        describeChain(event.of),
      ]) {
        expect(typeof said).toBe('string');
      }
      expect(eventSubject(event.of, event.n)).toContain('.');
      signatureOf(read);
    },
    { runs: 400 },
  ));

const anyForgery = fc.record({ n: fc.nat({ max: true_.length - 1 }), text: anyText });

test('a history with any contents is verified and replayed to its end', () =>
  fuzz(
    anyForgery,
    async ({ n, text }) => {
      const forged = true_.map(
        (event, one): StoredEvent => (one === n ? { ...event, text } : event),
      );
      const history = historyOf(forged);
      const said: Divergence[] = [];
      const onDivergence = (one: Divergence) => void said.push(one);
      const verified = await verify(history, { clock: systemClock }, { onDivergence, signal });
      expect(verified.events).toBe(forged.length);
      for (const one of said) {
        for (const text of [one.entity, one.check, one.expected, one.found])
          expect(typeof text).toBe('string');
      }
      const replayed = await replayTo(history, { seq: forged.length }, undefined, signal);
      expect(replayed.folded).toBe(forged.length);
      const all = Object.fromEntries(Object.values(machines).map((one) => [one.name, one.machine]));
      expect((await replayMachines(history, all, { signal })).events).toBe(forged.length);
    },
    { runs: 60 },
  ));

test('the history that the fuzz changes is valid', () => {
  for (const { text } of true_) expect(AuditEvent.safeParse(JSON.parse(text)).success).toBe(true);
});
