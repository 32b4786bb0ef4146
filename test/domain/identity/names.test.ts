import { describe, expect, test } from 'vitest';
import { Name, Namespace, RunId } from '../../../src/domain/identity/names.ts';

describe('a name', () => {
  test.each([
    'a',
    '.',
    ' ',
    'db-1.example.org',
    'rack 7, left',
    '🦉',
    '\u{feff}',
    'n'.repeat(1024),
    'é'.repeat(512),
    '🦉'.repeat(256),
  ])('may be %j', (name) => {
    expect(Name.safeParse(name).data).toBe(name);
  });

  test.each([
    ['', 'at least one character'],
    ['n'.repeat(1025), 'at most 1024 bytes'],
    ['é'.repeat(512).concat('n'), 'at most 1024 bytes'],
    ['🦉'.repeat(257), 'at most 1024 bytes'],
    ['a\u0000b', 'no control characters'],
    ['a\nb', 'no control characters'],
    ['\u001b[31m', 'no control characters'],
    ['\u007f', 'no control characters'],
    ['\u0085', 'no control characters'],
    ['a\ud83e', 'well-formed unicode'],
    ['\udd89a', 'well-formed unicode'],
  ])('may not be %j: %s', (name, rule) => {
    expect(Name.safeParse(name).error?.message).toContain(rule);
  });

  test.each([undefined, null, 1, {}, ['a']])('is a string, not %j', (name) => {
    expect(Name.safeParse(name).success).toBe(false);
  });
});

describe('a run id', () => {
  test.each([
    ['0'.repeat(7), false],
    ['0'.repeat(8), true],
    ['z'.repeat(64), true],
    ['z'.repeat(65), false],
    ['Abcdefgh', false],
    ['abcdefg.', false],
    ['abcdefgh\n', false],
  ])('%j: %s', (id, valid) => {
    expect(RunId.safeParse(id).success).toBe(valid);
  });
});

describe('a namespace', () => {
  test.each([
    ['', false],
    ['a', true],
    ['Fleet-7', true],
    ['n'.repeat(32), true],
    ['n'.repeat(33), false],
    ['a_b', false],
    ['a.b', false],
    ['a b', false],
    ['a\n', false],
    ['é', false],
  ])('%j: %s', (namespace, valid) => {
    expect(Namespace.safeParse(namespace).success).toBe(valid);
  });
});
