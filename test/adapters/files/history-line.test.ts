import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { historyLine, readHistoryLine } from '../../../src/adapters/files/history-line.ts';
import type { StoredEvent } from '../../../src/ports/audit.ts';

const numbers = { seq: 12, origin: 1_795_418_523_376_011, storedAt: 1_795_418_534_268 };
const stored = (text: string, subject = 'h1.a.run00001.2'): StoredEvent => ({
  ...numbers,
  subject,
  text,
});

const anyStored: fc.Arbitrary<StoredEvent> = fc
  .tuple(
    fc.option(fc.integer({ min: 1 }), { nil: undefined }),
    fc.record({
      seq: fc.integer({ min: 1 }),
      origin: fc.integer({ min: 1, max: Number.MAX_SAFE_INTEGER }),
      storedAt: fc.nat(),
      subject: fc.string({ unit: 'binary' }),
      text: fc.oneof(
        fc.json(),
        fc.json().map((text) => JSON.stringify(JSON.parse(text), null, 1)),
        fc.string({ unit: 'binary' }),
        fc.constantFrom('', '{', '}', ' {} ', '{"a":1}}', '{}\r', 'null', '"}"', '{"event":{}}'),
      ),
    }),
  )
  .map(([copiesBefore, event]) => ({ ...event, ...(copiesBefore && { copiesBefore }) }));

describe('an event as a line of a file', () => {
  it('is read back byte for byte, with any text', () => {
    fc.assert(
      fc.property(anyStored, (event) => {
        const line = historyLine(event);
        expect(line).not.toMatch(/[\r\n]/);
        expect(JSON.parse(line)).toMatchObject({ seq: event.seq });
        expect(readHistoryLine(line)).toEqual(event);
      }),
    );
  });

  it('contains the stored text unchanged if it is JSON, else as a string', () => {
    const text = '{ "b": 1,\t"a": 1.50 }';
    expect(historyLine(stored(text))).toMatch(/,"event":\{ "b": 1,\t"a": 1\.50 \}\}$/);
    expect(historyLine(stored('{"a":\n1}'))).toMatch(/,"text":"\{\\"a\\":\\n1\}"\}$/);
    expect(historyLine(stored('no JSON'))).toMatch(/,"text":"no JSON"\}$/);
  });

  it('is also read after another tool has rewritten it', () => {
    const text = '{"v":1,"labels":{"1":"one","a":"é"}}';
    const event = JSON.parse(text);
    const { seq, origin, storedAt, subject } = stored(text);
    const lines = [
      JSON.stringify({ subject, event, seq, origin, storedAt }),
      `{ "seq": ${seq}, "origin": ${origin}, "storedAt": ${storedAt}, "subject": "${subject}", "event": ${text} }`,
      JSON.stringify({ more: true, text, seq, origin, storedAt, subject }),
    ];
    for (const line of lines) expect(readHistoryLine(line)).toEqual(stored(text));
  });

  it.each([
    ['cut off in its event', historyLine(stored('{"a":{"b":1}}')).slice(0, -8)],
    ['cut off in its sequence', '{"seq":12,"origin":'],
    ['of other fields', '{"seq":12,"event":{}}'],
    ['not JSON', 'garbage'],
    ['of another shape', '[1,2]'],
    ['null', 'null'],
    ['with a text that is a number', '{"seq":1,"origin":1,"storedAt":1,"subject":"a","text":1}'],
  ])('that is %s is unreadable, or its text is not JSON', (_, line) => {
    const read = readHistoryLine(line);
    if ('why' in read) expect(read.why).not.toBe('');
    else expect(() => JSON.parse(read.text)).toThrow(SyntaxError);
  });
});
