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

test('an operator of another language is refused with the rule of this one', () => {
  for (const text of ['state:live or state:dubious', 'state!=live', 'not state:live', 'state:'])
    expect(() => ids(text)).toThrow('--filter has a word that cannot be read');
  expect(() => ids('state!=live')).toThrow(
    expect.objectContaining({ hint: expect.stringContaining('-host:a is not a') }),
  );
});

test('an unknown state is refused with the states of the list', () => {
  const refusal = (text: string, fields: readonly string[]) => {
    try {
      filterRows(rows, text, fields);
      return '';
    } catch (cause) {
      return cause instanceof Fault ? `${cause.message}; ${cause.hint}` : '';
    }
  };
  const ps = ['service', 'host', 'agent', 'state'];
  expect(refusal('state:liv', ps)).toBe(
    "--filter has an unknown state: 'liv'; states of this list: live, dubious, failing, draining; a part of a name: state:susp*",
  );
  expect(refusal('state:dubious', ['host', 'agent', 'state'])).toContain('suspect, expired;');
  expect(refusal('state:dead', ['host', 'state'])).toContain('expired, gone;');
  expect(refusal('-state:live,liv', ps)).toContain("unknown state: 'liv'");
  for (const text of ['state:live', 'state:Dub*', '-state:live,fail*'])
    expect(refusal(text, ps)).toBe('');
});
