import { defaultFleetPolicy, type Retention } from '../../../domain/policy/fleet-policy.ts';
import { isSameRetention } from '../../../domain/policy/safe-retention.ts';
import { changedSettings } from './policy-settings.ts';

/** `retention.maxAge=90d retention.maxBytes=10GB`; `no limit`. */
export const limitWords = (retention: Retention): string =>
  changedSettings(defaultFleetPolicy, { ...defaultFleetPolicy, retention })
    .map(({ name, now }) => `${name}=${now}`)
    .join(' ') || 'no limit';

/** What sets the limits of the policy. */
export const limitCommand =
  '`rollcall audit limit`, with the deploy login; a collector does it only if its login may';

/** How the history differs from the policy; undefined: it has its limits. */
export const limitDifference = (policy: Retention, history: Retention): string | undefined =>
  isSameRetention(policy, history)
    ? undefined
    : `the policy says ${limitWords(policy)}, the history still has ${limitWords(history)}`;
