import { formatTarget } from '../../composition/names/host-or-agent.ts';
import type { Acknowledgement } from '../../domain/policy/acknowledgement.ts';
import type { FleetPolicy } from '../../domain/policy/fleet-policy.ts';
import { fullTime } from '../terminal/format-time.ts';

/** The acknowledgements of a policy that another policy does not have. */
export function newAcknowledgements(
  { acknowledged = [] }: FleetPolicy,
  before: FleetPolicy,
): readonly Acknowledgement[] {
  const known = new Set((before.acknowledged ?? []).map((one) => JSON.stringify(one)));
  return acknowledged.filter((one) => !known.has(JSON.stringify(one)));
}

/** `losses of zone ams until 2026-06-01 14:03:10 are acknowledged: the site is closed`. */
export function acknowledgementWords({ zone, host, agent, until, why }: Acknowledgement): string {
  const at =
    host !== undefined
      ? ` of ${formatTarget({ host, agent })}`
      : zone === undefined
        ? ''
        : zone === ''
          ? ' without a zone'
          : ` of zone ${zone}`;
  const reason = why === undefined ? '' : `: ${why}`;
  return `losses${at} until ${fullTime(until)} are acknowledged${reason}`;
}
