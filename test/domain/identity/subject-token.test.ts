import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Fault } from '../../../src/domain/fault.ts';
import {
  decodeSubjectToken,
  encodeSubjectToken,
} from '../../../src/domain/identity/subject-token.ts';
import { anyName, anyText } from '../../arbitrary/names.ts';

describe('a subject token', () => {
  test.each([
    ['db-1.example', 'db-1=2Eexample'],
    ['Web_01-a', 'Web_01-a'],
    ['*', '=2A'],
    ['a=b', 'a=3Db'],
    ['é', '=C3=A9'],
    ['🦉', '=F0=9F=A6=89'],
    ['\u{feff}x', '=EF=BB=BFx'],
  ])('for the name %j is %s', (name, token) => {
    expect(encodeSubjectToken(name)).toBe(token);
    expect(decodeSubjectToken(token)).toBe(name);
  });

  test('decodes to the name it was made of', () => {
    fc.assert(
      fc.property(anyName, (name) => {
        expect(decodeSubjectToken(encodeSubjectToken(name))).toBe(name);
      }),
    );
  });

  test('has only characters that every subject and KV key allows', () => {
    fc.assert(
      fc.property(anyName, (name) => {
        expect(encodeSubjectToken(name)).toMatch(/^[A-Za-z0-9_=-]+$/);
      }),
    );
  });

  test('is the only token of its name: every token that decodes is the encoding of the result', () => {
    const like = fc.stringMatching(/^(=[0-9A-Fa-f]{2}|[a-z.=*]){0,6}$/);
    fc.assert(
      fc.property(fc.oneof(anyText, like), (token) => {
        const name = decodedOrFault(token);
        if (name !== undefined) expect(encodeSubjectToken(name)).toBe(token);
      }),
      { examples: [['=2e'], ['=41'], ['=C3'], ['=C0=AE'], ['=ED=A0=80'], ['Ł'], ['a.b'], ['']] },
    );
  });

  test.each(['', '=', '=2', '=2e', '=41', 'a b', 'a.b', '=C3', '=C0=AE', '=ED=A0=80', 'Ł', 'é'])(
    '%j is none',
    (token) => {
      expect(() => decodeSubjectToken(token)).toThrow(
        expect.objectContaining({ code: 'bad-name' }),
      );
    },
  );
});

/** Rethrows any error that is not the expected fault. */
function decodedOrFault(token: string): string | undefined {
  try {
    return decodeSubjectToken(token);
  } catch (cause) {
    if (!(cause instanceof Fault) || cause.code !== 'bad-name') throw cause;
    return undefined;
  }
}
