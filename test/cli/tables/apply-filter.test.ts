import { expect, test } from 'vitest';
import { filterRows } from '../../../src/cli/tables/apply-filter.ts';
import { Fault } from '../../../src/domain/fault.ts';
import { instanceRow } from '../support/sample-rows.ts';

const rows: readonly (ReturnType<typeof instanceRow> & { readonly zone?: string })[] = [
  { ...instanceRow({ id: 'w1', labels: { zone: 'a' } }), zone: 'rack-1' },
  instanceRow({ id: 'w2', host: 'db-1', state: 'dubious', reason: 'silent' }),
];
const ids = (text: string, fields = ['service', 'host', 'agent', 'zone', 'state']) =>
  filterRows(rows, text, fields).map(({ id }) => id);

test.each([
  ['', ['w1', 'w2']],
  ['state:dubious', ['w2']],
  ['host:db-* state:live', []],
  ['zone=a', ['w1']],
  ['zone:rack-*', ['w1']],
  ['zone:rack-2', []],
  ['silent', ['w2']],
  ['service:web', ['w1', 'w2']],
  ['state:live,dubious', ['w1', 'w2']],
  ['-state:live', ['w2']],
  ['-silent', ['w1']],
  ['-zone:rack-1', ['w2']],
])('the words of a filter select rows of a list: %s', (text, expected) => {
  expect(ids(text)).toEqual(expected);
});

test('a field that a list does not have is refused instead of matching nothing', () => {
  for (const text of ['sate:live', 'zoen:a']) expect(() => ids(text)).toThrow(text);
  expect(() => ids('service:web', ['host', 'state'])).toThrow('service:web');
  expect(() => ids('zone:a', ['host', 'state'])).toThrow('zone:a');
});

const refusal = (text: string, fields: readonly string[]) => {
  try {
    filterRows(rows, text, fields);
    return '';
  } catch (cause) {
    return cause instanceof Fault ? `${cause.message}; ${cause.hint}` : '';
  }
};
const ps = ['service', 'host', 'agent', 'state'];
const statesOfPs =
  'States and reasons of registered instances: live, dubious, failing, draining, silent, unreachable, planned, unobserved, superseded, contested, orphan';

test.each([
  ['not live', "'not' cannot be read; write: --filter -state:live"],
  ['state!=live', "'state!=live' cannot be read; write: --filter -state:live"],
  ['host != db-1', "'!=' cannot be read; write: --filter -host:db-1"],
  ['state:live or state:dubious', "'or' cannot be read; write: --filter state:live,dubious"],
  ['- live', "'-' cannot be read; write: --filter -state:live"],
  ['state: live', "'state:' cannot be read; write: --filter state:live"],
])('the words of another language are refused with those of this one: %s', (text, message) => {
  expect(refusal(text, ps)).toBe(`--filter: ${message}`);
});

test('what cannot be guessed is refused with the rule and an example', () => {
  const rule =
    'fields: service: host: agent: state:. All words must match. host:a,b is a or b; -state:live is not live; host:a* begins with a';
  for (const text of ['-', 'not', 'state:', 'state:live or host:a'])
    expect(refusal(text, ps)).toContain(`cannot be read; ${rule}`);
  expect(refusal('stat:live', ps)).toBe(`--filter: 'stat:live' cannot be read; ${rule}`);
  expect(refusal('not', ['host'])).toContain('-host:a is not a');
});

test('a state that does not exist is refused with those of the list', () => {
  expect(refusal('state:dead', ps)).toBe(
    `--filter: 'dead' is no state of registered instances; ${statesOfPs}`,
  );
  expect(refusal('-state:live,liv', ps)).toContain("'liv' is no state of");
  for (const text of ['state:live', 'state:Dub*', '-state:live,fail*', 'state:live,lost'])
    expect(refusal(text, ps)).toBe('');
});

test('a state of other entities is refused with the command that lists them', () => {
  const elsewhere = (state: string) => `'${state}' is no state of registered instances; `;
  expect(refusal('state:susp*', ps)).toContain(
    `${elsewhere('susp*')}${statesOfPs}. See rollcall agents`,
  );
  expect(refusal('state:lost', ps)).toContain('See rollcall lost');
  expect(refusal('state:failing', ['host', 'agent', 'state'])).toContain('See rollcall ps');
  expect(refusal('state:gone', ['host', 'state'])).toBe('');
  // What no row has can be left out.
  expect(refusal('-state:lost', ps)).toBe('');
});

test('a reason is found under state:, as on the dashboard', () => {
  expect(ids('state:silent')).toEqual(['w2']);
  expect(ids('state:contested')).toEqual([]);
  expect(ids('-state:silent')).toEqual(['w1']);
});
