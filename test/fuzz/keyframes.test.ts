import fc from 'fast-check';
import { expect, test } from 'vitest';
import { systemClock } from '../../src/adapters/system/clock.ts';
import { parseAuditEvent } from '../../src/domain/events/audit-entry.ts';
import { Fault } from '../../src/domain/fault.ts';
import {
  KeyframeDecoder,
  KeyframeEncoder,
  readKeyframe,
} from '../../src/runtime/audit/keyframes/codec.ts';
import { Verifier } from '../../src/runtime/audit/verifier/verifier.ts';
import { verify } from '../../src/runtime/audit/verify.ts';
import { anyText } from '../arbitrary/names.ts';
import { historyOf } from '../fixtures/history/given-history.ts';
import { longHistory } from '../fixtures/history/long-history.ts';
import { foreseen, fuzz } from './support/fuzz.ts';
import { mutated } from './support/mutated.ts';

const events = [...longHistory(40, { agents: 3 })];
const kept = 30;
const { signal } = new AbortController();

/** A valid keyframe, line by line. */
const lines = await (async () => {
  const verifier = new Verifier(() => {});
  for (const stored of events.slice(0, kept)) verifier.take(parseAuditEvent(stored));
  let text = '';
  for await (const piece of new KeyframeEncoder(verifier).pieces()) text += piece;
  return text.split('\n').filter((line) => line !== '');
})();

const forged = fc.oneof(
  fc
    .nat({ max: lines.length - 1 })
    .chain((n) =>
      mutated(fc.constant(JSON.parse(lines[n] ?? ''))).map((line) => lines.toSpliced(n, 1, line)),
    )
    .map((all) => all.join('\n')),
  fc.nat().map((end) => lines.join('\n').slice(0, end % lines.join('\n').length)),
  anyText,
);

const keyframesOf = (text: string) => ({
  list: async () => [kept],
  async *get() {
    yield text;
  },
  put: async () => 'already' as const,
  drop: async () => {},
});

/** A foreign writer can sign its keyframe as well, with the digest of its contents. */
async function digestOf(text: string): Promise<string> {
  await using reading = new KeyframeDecoder(keyframesOf(text), kept);
  const lines = async () => {
    for await (const _ of reading.lines(await reading.head()));
  };
  await foreseen(lines);
  return reading.digest;
}

/** A record of a registry into which another tool wrote an empty text. */
const withEmptyRecord = lines
  .map((line) => {
    const parts = JSON.parse(line);
    if (!Array.isArray(parts) || parts[0] !== 'record') return line;
    const [kind, key, value] = parts;
    return JSON.stringify([kind, key, { ...value, entry: { ...value.entry, text: '' } }]);
  })
  .join('\n');

test('any keyframe, signed or not, is a state to continue from, or is not used', () =>
  fuzz(
    forged,
    async (text) => {
      const keyframes = keyframesOf(text);
      const digest = await digestOf(text);
      const from = await readKeyframe(keyframes, { keyframe: kept, digest });
      const onDivergence = () => {};
      const ports = { clock: systemClock, keyframes };
      const verified = await foreseen(() =>
        verify(historyOf(events), ports, { onDivergence, signal }),
      );
      if (verified instanceof Fault) expect(verified.code).toBe('record-unreadable');
      if (from) await verify(historyOf(events), ports, { from, onDivergence, signal });
    },
    { examples: [withEmptyRecord] },
  ));
