import { Fault } from '../../domain/fault.ts';
import type { AgentName, HostId } from '../../domain/identity/names.ts';
import { holdKey, policyKey } from '../../domain/identity/registry-keys.ts';
import { withAcknowledgement } from '../../domain/losses/acknowledged.ts';
import { type Acknowledgement, mostAcknowledgements } from '../../domain/policy/acknowledgement.ts';
import { defaultFleetPolicy, type FleetPolicy } from '../../domain/policy/fleet-policy.ts';
import { readHold, readPolicy, type Unreadable } from '../../domain/records/stored-record.ts';
import type { Millis, WallTime } from '../../domain/time.ts';
import type { Ports } from '../../ports/ports.ts';
import { retryDelay } from '../support/retry.ts';
import {
  adoptPolicy,
  buildHold,
  changePolicy,
  endHold,
  extendHold,
  type PlannedHold,
} from '../transitions/fleet-changes.ts';
import type { Author, Change } from '../transitions/record-change.ts';
import { sealCommit } from '../transitions/seal-changes.ts';

/**
 * Ports of an operator action: each reads, writes conditionally, and reads again after a refusal.
 */
export type OperatorPorts = Pick<Ports, 'registry' | 'clock' | 'entropy'>;

/**
 * The end of a hold that lasts this long from now, in whole milliseconds: a record with others is unreadable. Made from
 * the server's time, by which collectors judge it.
 * @throws {Fault} `store-unavailable`
 */
export const endOfHold = async (
  duration: Millis,
  { serverTime }: Pick<Ports, 'serverTime'>,
): Promise<WallTime> => Math.ceil((await serverTime.now()) + duration);

/**
 * Creates a hold, or changes the end of the existing one.
 * @returns whether it is new
 * @throws {Fault} `store-unavailable`, `store-refused`, `record-unreadable`
 */
export function planHold(
  author: Author,
  plan: PlannedHold,
  ports: OperatorPorts,
  signal: AbortSignal,
): Promise<'planned' | 'extended'> {
  const key = holdKey(plan.host, plan.agent);
  /**
   * Ids of holds that this call wrote: they identify the hold if the acknowledgement was lost. Each
   * id is used once.
   */
  const ownIds = new Set<string>();
  return commitUntilStored(ports, signal, async () => {
    const current = readHold(await ports.registry.read(key));
    if (current.kind === 'unreadable') throw unreadable(current);
    if (current.kind === 'absent') {
      const id = ports.entropy.runId();
      ownIds.add(id);
      return { change: buildHold(author, current, id, plan), result: 'planned' };
    }
    const { until, why, run } = current.record;
    if (ownIds.has(run)) return { result: 'planned' };
    if (until === plan.until && why === plan.why) return { result: 'extended' };
    return { change: extendHold(author, current, plan), result: 'extended' };
  });
}

/**
 * Ends a hold before its time.
 * @returns `absent` if there is none
 * @throws {Fault} as {@link planHold}
 */
export function endHoldEarly(
  author: Author,
  { host, agent }: { readonly host: HostId; readonly agent?: AgentName },
  ports: OperatorPorts,
  signal: AbortSignal,
): Promise<'released' | 'absent'> {
  const key = holdKey(host, agent);
  /** The hold that this call tried to end: a later one belongs to another operator. */
  let attempted: string | undefined;
  return commitUntilStored(ports, signal, async () => {
    const current = readHold(await ports.registry.read(key));
    if (current.kind === 'unreadable') throw unreadable(current);
    if (current.kind === 'absent') return { result: attempted ? 'released' : 'absent' };
    const { run } = current.record;
    if (attempted !== undefined && attempted !== run) return { result: 'released' };
    attempted = run;
    return { change: endHold(author, current, 'released'), result: 'released' };
  });
}

/**
 * Changes the policy of the fleet. `change` gets the current policy.
 * @throws {Fault} as {@link planHold}, and every error of `change`
 */
export function setPolicy(
  author: Author,
  change: (now: FleetPolicy) => FleetPolicy,
  ports: OperatorPorts,
  signal: AbortSignal,
): Promise<FleetPolicy> {
  return commitUntilStored(ports, signal, async () => {
    const current = readPolicy(await ports.registry.read(policyKey));
    if (current.kind === 'unreadable') throw unreadable(current);
    const now = current.kind === 'stored' ? current.record.policy : defaultFleetPolicy;
    const result = change(now);
    if (JSON.stringify(result) === JSON.stringify(now)) return { result };
    if (current.kind === 'stored') return { change: changePolicy(author, current, result), result };
    return { change: adoptPolicy(author, current, ports.entropy.runId(), result), result };
  });
}

/** The policy of the fleet now. @throws {Fault} `store-unavailable`, `record-unreadable` */
export async function currentPolicy({ registry }: Pick<Ports, 'registry'>): Promise<FleetPolicy> {
  const current = readPolicy(await registry.read(policyKey));
  if (current.kind === 'unreadable') throw unreadable(current);
  return current.kind === 'stored' ? current.record.policy : defaultFleetPolicy;
}

/**
 * Acknowledges losses: they need no attention any more. The policy record keeps it, and the audit has its author.
 * Losses that are acknowledged already are left as they are, and nothing is written.
 * @returns `already` if an earlier acknowledgement covers them
 * @throws {Fault} `bad-setting` for more than 200 acknowledgements; and as {@link setPolicy}
 */
export async function acknowledgeLosses(
  author: Author,
  added: Acknowledgement,
  ports: OperatorPorts,
  signal: AbortSignal,
): Promise<'acknowledged' | 'already'> {
  let isNew = false;
  await setPolicy(
    author,
    (now) => {
      const before = now.acknowledged ?? [];
      const acknowledged = withAcknowledgement(before, added);
      if (acknowledged === before) return now;
      if (acknowledged.length > mostAcknowledgements) {
        throw new Fault(
          'bad-setting',
          `${mostAcknowledgements} acknowledgements are stored already`,
          {
            hint: 'acknowledge a whole zone, or all losses: rollcall lost ack all',
          },
        );
      }
      isNew = true;
      return { ...now, acknowledged: [...acknowledged] };
    },
    ports,
    signal,
  );
  return isNew ? 'acknowledged' : 'already';
}

/** Without a `change` the registry is already as requested. */
interface Attempt<T> {
  readonly change?: Change;
  readonly result: T;
}

/** Reads, changes and writes until the registry is as requested, or until the signal. */
export async function commitUntilStored<T>(
  ports: OperatorPorts,
  signal: AbortSignal,
  attempt: () => Promise<Attempt<T>>,
): Promise<T> {
  let why = 'no time was left';
  let mayBeWritten = false;
  while (!signal.aborted) {
    const { change, result } = await attempt().catch((cause: unknown) => {
      throw mayBeWritten && cause instanceof Fault ? unknownOutcome(cause.message) : cause;
    });
    if (!change) return result;
    const outcome = await ports.registry.commit(sealCommit([change]));
    if (outcome.outcome === 'committed') return result;
    mayBeWritten ||= outcome.outcome === 'unknown';
    // Refused or unknown: the next read shows what is stored.
    why = 'why' in outcome ? outcome.why : 'another writer changed it each time';
    await retryDelay(ports, signal);
  }
  throw mayBeWritten
    ? unknownOutcome(why)
    : new Fault('store-unavailable', `stopped before the change was written: ${why}`);
}

const unknownOutcome = (why: string): Fault =>
  new Fault('store-unavailable', `it is not known whether the change was written: ${why}`, {
    hint: 'run the same command again: a change that is stored is not repeated',
  });

export const unreadable = ({ key, why }: Unreadable): Fault =>
  new Fault('record-unreadable', `${key} cannot be read: ${why}`, {
    hint: `a newer version or another tool wrote it; to remove it: rollcall gc remove '${key}'`,
  });
