import { renewWithin } from '../../composition/access/tls-folder.ts';
import { validUntil } from '../tables/certificate-line.ts';
import { type Finding, note, ok, wrong } from './finding.ts';

interface InUse {
  readonly of: string;
  /** Milliseconds since 1970. */
  readonly until: number;
}

/** Whether the certificates that a connection depends on will be valid for long enough. */
export const certificateFindings = (
  certificates: readonly InUse[],
  now: number,
): readonly Finding[] =>
  certificates.map(({ of, until }) => {
    const what = `the certificate of ${of} ${until <= now ? '' : 'is '}${validUntil(until, now)}`;
    if (until <= now) return wrong('tls', what, mend);
    return until - now < renewWithin ? note('tls', what, mend) : ok('tls', what);
  });

const mend =
  'replace it: rollcall access renew, if `rollcall access` made it; then copy the folder to its machine';
