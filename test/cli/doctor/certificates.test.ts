import { expect, test } from 'vitest';
import { certificateFindings } from '../../../src/cli/doctor/certificates.ts';

const now = Date.parse('2026-11-29T12:00:00Z');
const day = 24 * 3600 * 1000;

test.each([
  ['is a year away', 365, 'ok', 'is valid until 2027-11-29 (365 days)'],
  ['is near', 29.5, 'note', 'is valid until 2026-12-29 (29 days)'],
  ['is past', -1, 'wrong', 'expired on 2026-11-28'],
])('doctor reports that the end of a certificate %s', (_what, days, level, text) => {
  const [found, ...others] = certificateFindings(
    [{ of: 'the server s', until: now + days * day }],
    now,
  );
  expect(others).toEqual([]);
  expect(found).toMatchObject({ level, what: `the certificate of the server s ${text}` });
});
