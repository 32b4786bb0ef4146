import fc from 'fast-check';
import { expect, test } from 'vitest';
import { runOfConnection } from '../../src/adapters/nats/connection/connection-name.ts';
import { parseDeliveryPosition } from '../../src/adapters/nats/connection/message.ts';
import { atLeast } from '../../src/adapters/nats/connection/server-check.ts';
import { Fault } from '../../src/domain/fault.ts';
import { Name, RunId } from '../../src/domain/identity/names.ts';
import { parseLeaseKey, parseRegistryKey } from '../../src/domain/identity/registry-keys.ts';
import { matchesSubject } from '../../src/domain/identity/subject-filter.ts';
import { decodeSubjectToken, encodeSubjectToken } from '../../src/domain/identity/subject-token.ts';
import { anyText } from '../arbitrary/names.ts';
import { foreseen, fuzz } from './support/fuzz.ts';

const kind = fc.constantFrom(
  'agent',
  'instance',
  'hold',
  'brake',
  'policy',
  'run',
  'seat',
  'h1',
  '',
);
const token = fc.oneof(
  anyText,
  kind,
  fc.constantFrom('=2E', '=FF', '=', '%', '=every', '*', '>', '01'),
);

/** A key of another writer, at times with the right kind and number of tokens. */
const anyKey = fc.oneof(
  anyText,
  fc
    .tuple(kind, fc.array(token, { maxLength: 6 }))
    .map(([first, rest]) => [first, ...rest].join('.')),
  anyText.map((text) => `run.h.a.${text}`),
  fc.constant(`agent.${'=E2=82=AC'.repeat(2000)}.a`),
);

test.each([
  ['a registry key', parseRegistryKey],
  ['a lease key', parseLeaseKey],
  ['a subject token', decodeSubjectToken],
])('any text as %s is parsed, or refused as a bad name', (_, read) =>
  fuzz(anyKey, async (key) => {
    const found = await foreseen((): unknown => read(key));
    if (found instanceof Fault) expect(found.code).toBe('bad-name');
  }),
);

test('a valid name has a token that decodes to that name', () =>
  fuzz(anyText, (text) => {
    if (Name.safeParse(text).success)
      expect(decodeSubjectToken(encodeSubjectToken(text))).toBe(text);
    else expect(RunId.safeParse(text).success).toBe(false);
  }));

test('any patterns match any subject or do not', () =>
  fuzz(fc.tuple(fc.array(anyKey, { maxLength: 3 }), anyKey), ([patterns, subject]) =>
    expect(typeof matchesSubject(patterns)(subject)).toBe('boolean'),
  ));

test('a connection with any name belongs to a run or to none', () =>
  fuzz(
    fc.oneof(
      anyText,
      fc.tuple(token, token, token).map(([host, agent, run]) => `rollcall ${host}/${agent} ${run}`),
    ),
    (name) => {
      const run = runOfConnection(name);
      if (run !== undefined) expect(RunId.safeParse(run.run).success).toBe(true);
    },
  ));

test('any text is compared as a version and read as a reply subject', () =>
  fuzz(anyKey, (text) => {
    expect(typeof atLeast(text, '2.12.1')).toBe('boolean');
    expect(typeof parseDeliveryPosition(text).seq).toBe('number');
  }));
