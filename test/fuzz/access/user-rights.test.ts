import fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseUserInfo, permits } from '../../../src/adapters/nats/connection/user-rights.ts';
import { fuzz } from '../support/fuzz.ts';

const answerWith = (permissions: fc.Arbitrary<unknown>) =>
  fc.record({ data: fc.record({ account: fc.string(), permissions }) });

test('any answer about the rights of a user is read, or is none', () =>
  fuzz(
    fc.oneof(
      fc.anything(),
      answerWith(fc.anything()),
      answerWith(fc.record({ publish: fc.anything() })),
    ),
    async (reply) => {
      const rights = parseUserInfo(reply);
      if (rights !== undefined) expect(typeof permits(rights.publish, 'a.b')).toBe('boolean');
    },
  ));
