import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { eventJson } from '../../../src/cli/audit/event-lines.ts';
import { runProgram } from '../../../src/cli/program.ts';
import { documentLine, withIsoTimes } from '../../../src/cli/terminal/iso-times.ts';
import { fakeTerminal } from '../support/fake-terminal.ts';

const commands = fileURLToPath(new URL('../../../src/cli', import.meta.url));
const file = fileURLToPath(new URL('../../fixtures/golden/killed.ndjson.gz', import.meta.url));

/** Where a document has a number that is an epoch in ms, and no text beside it. */
function timesWithoutText(value: unknown, at = ''): readonly string[] {
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, inner]) => {
    const isTime = typeof inner === 'number' && inner > 1e12 && inner < 1e13;
    const text = `${name}Iso` in value;
    return isTime && !text ? [`${at}${name}`] : timesWithoutText(inner, `${at}${name}.`);
  });
}

describe('a document of --json', () => {
  it('has each time also as text, at each depth', () => {
    const document = { since: 0, next: { at: null }, agents: [{ until: 1 }], labels: { at: 'x' } };
    expect(withIsoTimes(document)).toEqual({
      ...{ since: 0, sinceIso: '1970-01-01T00:00:00.000Z' },
      next: { at: null, atIso: null },
      agents: [{ until: 1, untilIso: '1970-01-01T00:00:00.001Z' }],
      labels: { at: 'x' },
    });
    expect(withIsoTimes({ from: 'live', to: null, was: null })).toEqual({
      ...{ from: 'live', to: null, was: null },
    });
    expect(documentLine({ at: 1e20 })).toBe('{"at":100000000000000000000,"atIso":null}');
  });

  it.each([
    ['audit', 'replay', '--at', '18', '--show', 'all'],
    ['audit', 'verify'],
    ['agents', '--lost'],
    ['lost'],
    ['why', 'instance:web/w1', '--at', '18'],
    ['why', 'agent:h1/a', '--at', '18'],
    ['why', 'instance:web/w1'],
  ])('of a recorded history has no time without text: %s %s', async (...argv) => {
    const { io, out } = fakeTerminal();
    await runProgram([...argv, '--file', file, '--json'], io, { version: '0', starting() {} });
    expect(out).not.toEqual([]);
    expect(out.flatMap((line) => timesWithoutText(JSON.parse(line)))).toEqual([]);
  });

  it('of a stored event keeps what is stored, and has its time as text', () => {
    const read = { kind: 'event', seq: 3, event: { at: 0, evidence: { at: 1 } } };
    const line = eventJson(read as unknown as Parameters<typeof eventJson>[0]);
    expect(JSON.parse(line)).toEqual({
      ...{ seq: 3, at: 0, atIso: '1970-01-01T00:00:00.000Z', evidence: { at: 1 } },
    });
  });

  it('is always written by documentLine, except errors and stored events', () => {
    const sources = readdirSync(commands, { recursive: true, encoding: 'utf8' });
    const others = sources.filter(
      (name) =>
        name.endsWith('.ts') && readFileSync(join(commands, name), 'utf8').includes('jsonLine('),
    );
    expect(others.toSorted()).toEqual([
      'audit/event-lines.ts',
      'tables/print-list.ts',
      'terminal/durable-output.ts',
      'terminal/iso-times.ts',
      'terminal/json-messages.ts',
      'terminal/print-error.ts',
    ]);
  });
});
