import { Buffer } from 'node:buffer';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ClientStream } from '../../../src/adapters/conformance/client-stream.ts';
import { judgeTraffic } from '../../../src/domain/conformance/judge-traffic.ts';
import { Verdicts } from '../../../src/domain/conformance/rules.ts';
import { commitsIn, eventTypeOf, ownSubjects } from '../../../src/domain/conformance/traffic.ts';
import { fuzz } from '../support/fuzz.ts';

const own = ownSubjects('n', 'h.a');
const word = fc.oneof(
  fc.constantFrom('CONNECT', 'SUB', 'PUB', 'HPUB', '5', '-1', '9e99', '{}', own.agent, own.events),
  fc.string({ unit: 'binary' }),
);
const line = fc.array(word, { maxLength: 6 }).map((words) => `${words.join(' ')}\r\n`);

test('any bytes of a client are read and judged', async () => {
  await fuzz(fc.array(line, { maxLength: 20 }), (lines) => {
    const stream = new ClientStream();
    const messages = lines.flatMap((text) => stream.take(Buffer.from(text), 0));
    const verdicts = new Verdicts();
    judgeTraffic(messages, own, verdicts);
    const sent = messages.filter((message) => message.kind === 'publish');
    for (const message of sent) expect(eventTypeOf(message)).toBeTypeOf('string');
    expect(commitsIn(sent).flat().length).toBe(sent.length);
    expect(verdicts.all.length).toBeGreaterThan(20);
  });
});
