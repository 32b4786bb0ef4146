import { describe, expect, it } from 'vitest';
import {
  covers,
  parseUserInfo,
  permits,
} from '../../../../src/adapters/nats/connection/user-rights.ts';

describe('a pattern of subjects', () => {
  it.each([
    ['a.b', 'a.b', true],
    ['a.*', 'a.b', true],
    ['a.*', 'a.*', true],
    ['a.b', 'a.*', false],
    ['a.*', 'a.b.c', false],
    ['a.>', 'a.b.c', true],
    ['a.>', 'a.*.>', true],
    ['a.*', 'a.>', false],
    ['a.>', 'a', false],
    ['>', 'a.>', true],
    ['a.b.c', 'a.b', false],
  ])('%s covers %s: %s', (pattern, other, expected) => {
    expect(covers(pattern, other)).toBe(expected);
  });
});

describe('the rights of a user', () => {
  const of = (permissions: unknown) =>
    parseUserInfo({ data: { user: 'u', account: 'A', permissions } });

  it('are those of the answer of the server', () => {
    const rights = of({ publish: { allow: ['a.>'], deny: ['a.b'] } });
    if (rights === undefined) throw new Error('it is an answer');
    expect(permits(rights.publish, 'a.c')).toBe(true);
    expect(permits(rights.publish, 'a.b')).toBe(false);
    expect(permits(rights.publish, 'b')).toBe(false);
    expect(permits(rights.subscribe, 'b')).toBe(true);
  });

  it('are all without permissions, and none with an empty list', () => {
    expect(permits(of(undefined)?.publish ?? none, 'x')).toBe(true);
    expect(permits(of({ publish: { allow: [] } })?.publish ?? all, 'x')).toBe(false);
  });

  it.each([undefined, null, 1, {}, { data: {} }, { data: { account: 1 } }, { error: {} }])(
    'are not known from %j',
    (reply) => expect(parseUserInfo(reply)).toBeUndefined(),
  );
});

const none = { allow: [], deny: [] };
const all = { allow: undefined, deny: [] };
