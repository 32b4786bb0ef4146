import type { Acknowledgement } from '../policy/acknowledgement.ts';
import type { WallTime } from '../time.ts';

/** The place of a loss, and its time. */
interface Loss {
  readonly zone: string;
  readonly host: string;
  readonly agent: string;
  readonly since: WallTime;
}

/** What an acknowledgement covers, without its reason. */
type Cover = Pick<Acknowledgement, 'zone' | 'host' | 'agent' | 'until'>;

/** Whether the place of a loss is the place of an acknowledgement, or within it. */
export const isLostAt = (
  loss: Pick<Loss, 'zone' | 'host' | 'agent'>,
  { zone = loss.zone, host = loss.host, agent = loss.agent }: Omit<Cover, 'until'>,
): boolean => loss.zone === zone && loss.host === host && loss.agent === agent;

/** Whether an operator has acknowledged a loss. */
export const isAcknowledged = (loss: Loss, all: readonly Cover[]): boolean =>
  acknowledgementOf(loss, all) !== undefined;

/** The first acknowledgement that covers a loss. */
export const acknowledgementOf = <One extends Cover>(
  loss: Loss,
  all: readonly One[],
): One | undefined => all.find((one) => loss.since <= one.until && isLostAt(loss, one));

/**
 * The acknowledgements with one more. Those that it covers are left out; the same list, if one of the others
 * covers it already.
 */
export function withAcknowledgement(
  all: readonly Acknowledgement[],
  added: Acknowledgement,
): readonly Acknowledgement[] {
  if (all.some((one) => isWithin(added, one))) return all;
  return [...all.filter((one) => !isWithin(one, added)), added];
}

const isWithin = (one: Cover, other: Cover): boolean =>
  one.until <= other.until &&
  (['zone', 'host', 'agent'] as const).every(
    (part) => other[part] === undefined || other[part] === one[part],
  );
