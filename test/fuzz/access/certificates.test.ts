import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isForHosts, readCertificates } from '../../../src/adapters/certificates/read.ts';
import { Fault } from '../../../src/domain/fault.ts';
import { anyText } from '../../arbitrary/names.ts';
import { foreseen, fuzz } from '../support/fuzz.ts';

const pem = (body: string) => `-----BEGIN CERTIFICATE-----${body}-----END CERTIFICATE-----`;

test('any certificate file has readable certificates, none, or is a wrong setting', () =>
  fuzz(fc.oneof(anyText, anyText.map(pem), fc.base64String().map(pem)), async (text) => {
    for (const read of [() => readCertificates(text), () => isForHosts(text, ['a'])]) {
      const result = await foreseen(async () => read());
      if (result instanceof Fault) expect(result.code).toBe('bad-setting');
    }
  }));
