import type { ApiBrake } from '../../api-types.ts';
import { noForecast } from '../model/issues.ts';
import { fleet, now } from '../state/store.ts';
import { Countdown } from './countdown.tsx';

/** When a brake ends, as the collector's rule says, and what ends it. */
export function BrakeEnd({ of }: { readonly of: ApiBrake | undefined }) {
  if (!of) return null;
  const { release, endsAt } = of;
  return (
    <span>
      It ends when less than {Math.round(release * 100)} % of the agents are suspect:{' '}
      {endsAt === null ? (
        'agents must come back'
      ) : fleet.observation === 'unobserved' ? (
        noForecast
      ) : endsAt <= (now.value ?? 0) ? (
        'the next sweep ends it'
      ) : (
        <>
          about <Countdown to={endsAt} />
        </>
      )}
      .
    </span>
  );
}
