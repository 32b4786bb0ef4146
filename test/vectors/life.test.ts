import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { systemClock } from '../../src/adapters/system/clock.ts';
import { judgeTraffic } from '../../src/domain/conformance/judge-traffic.ts';
import { Verdicts } from '../../src/domain/conformance/rules.ts';
import { ownSubjects } from '../../src/domain/conformance/traffic.ts';
import { readAgent, readInstance } from '../../src/domain/records/stored-record.ts';
import type { Divergence } from '../../src/domain/replay/divergence.ts';
import type { StoredEvent } from '../../src/ports/audit.ts';
import { verify } from '../../src/runtime/audit/verify.ts';
import type { LifeVectors } from '../../tools/docs/vectors/life.ts';

const file = new URL('../../docs/vectors/life.json', import.meta.url);
const life: LifeVectors = JSON.parse(await readFile(file, 'utf8'));
const messages = life.steps.flatMap((step) => step.messages);
const eventPrefix = `rollcall.${life.namespace}.event.`;
const registryPrefix = `$KV.rollcall_${life.namespace}_registry.`;

const stored: readonly StoredEvent[] = messages
  .filter(({ subject }) => subject.startsWith(eventPrefix))
  .map(({ subject, revision, payload }, index) => ({
    seq: index + 1,
    origin: revision,
    storedAt: JSON.parse(payload).at,
    subject: subject.slice(eventPrefix.length),
    text: payload,
  }));

async function divergencesOf(events: readonly StoredEvent[]): Promise<readonly Divergence[]> {
  const found: Divergence[] = [];
  await verify(
    {
      async *read(from) {
        yield* events.filter(({ seq }) => seq >= from);
      },
      range: async () => ({ first: 1, last: events.length }),
    },
    { clock: systemClock },
    { onDivergence: (one) => void found.push(one), signal: new AbortController().signal },
  );
  return found;
}

test('the test vectors verify, and do not verify if one byte is changed', async () => {
  expect(stored).toHaveLength(12);
  expect(await divergencesOf(stored)).toEqual([]);
  const changed = stored.map((event) =>
    event.seq === 5 ? { ...event, text: event.text.replace('disk full', 'disk fulL') } : event,
  );
  expect(await divergencesOf(changed)).not.toEqual([]);
});

test('the hashes in the vectors are those of the payloads, and its records have them', () => {
  const hashes = new Set<string>();
  for (const { hash, payload } of messages) {
    if (hash === undefined) continue;
    expect(createHash('sha256').update(payload).digest('hex')).toBe(hash);
    hashes.add(hash);
  }
  const records = messages.filter(
    ({ subject, payload }) => subject.startsWith(registryPrefix) && payload !== '',
  );
  for (const { subject, revision, payload: text } of records) {
    const key = subject.slice(registryPrefix.length);
    const entry = { key, revision, text };
    const read = key.startsWith('agent.') ? readAgent(entry) : readInstance(entry);
    expect(read.kind, key).toBe('stored');
    expect(hashes).toContain(JSON.parse(text).hash);
  }
  expect(records).toHaveLength(9);
});

test('the messages in the vectors follow the rules that conform checks', () => {
  const own = ownSubjects(life.namespace, 'db-1=2Eexample.shop');
  const verdicts = new Verdicts();
  const sent = messages.map(({ subject, headers, payload }, at) => ({
    ...{ kind: 'publish' as const, at, subject, text: payload },
    headers: Object.fromEntries(headers),
  }));
  judgeTraffic(sent, own, verdicts);
  const results = Object.fromEntries(verdicts.all.map(({ rule, result }) => [rule, result]));
  expect(results).toMatchObject({ 3: 'passed', 9: 'passed', 10: 'passed' });
});
