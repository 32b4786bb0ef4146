import { describe, expect, test } from 'vitest';
import { matchesSubject } from '../../../src/domain/identity/subject-filter.ts';

describe('a subject filter', () => {
  test.each([
    ['a.b', 'a.b', true],
    ['a.b', 'a', false],
    ['a.b', 'a.b.c', false],
    ['a.*', 'a.b', true],
    ['a.*', 'a', false],
    ['a.*', 'a.b.c', false],
    ['*.b', 'a.b', true],
    ['*.b', 'a.c', false],
    ['*', 'a', true],
    ['a.>', 'a', false],
    ['a.>', 'a.b', true],
    ['a.>', 'a.b.c', true],
    ['a.>', 'ab.c', false],
    ['a.*.>', 'a.b', false],
    ['a.*.>', 'a.b.c.d', true],
    ['>', 'a', true],
    ['>', 'a.b.c', true],
  ])('%s matches %s: %s', (pattern, subject, through) => {
    expect(matchesSubject([pattern])(subject)).toBe(through);
  });

  test('accepts a subject that matches any of its patterns', () => {
    const wants = matchesSubject(['a.>', 'b']);
    expect(['a.x', 'b', 'b.x', 'c'].map(wants)).toEqual([true, true, false, false]);
    expect(matchesSubject([])('a')).toBe(false);
  });
});
