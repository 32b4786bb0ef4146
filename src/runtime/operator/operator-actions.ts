import { Fault } from '../../domain/fault.ts';
import type { AgentName, HostId } from '../../domain/identity/names.ts';
import { holdKey, policyKey } from '../../domain/identity/registry-keys.ts';
import { defaultFleetPolicy, type FleetPolicy } from '../../domain/policy/fleet-policy.ts';
import { readHold, readPolicy, type Unreadable } from '../../domain/records/stored-record.ts';
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

/** What people plan for a fleet: each reads, writes conditionally, and looks again where it was refused. */
type PlanningPorts = Pick<Ports, 'registry' | 'clock' | 'entropy'>;

/**
 * Plans a silence, or gives the one that is planned another end.
 * @returns whether it is new
 * @throws {Fault} `store-unavailable`, `store-refused`, `record-unreadable`
 */
export function planHold(
  author: Author,
  plan: PlannedHold,
  ports: PlanningPorts,
  signal: AbortSignal,
): Promise<'planned' | 'extended'> {
  const key = holdKey(plan.host, plan.agent);
  /** By which it is known again where the answer was lost; an id is used once. */
  const own = new Set<string>();
  return settle(ports, signal, async () => {
    const there = readHold(await ports.registry.read(key));
    if (there.kind === 'unreadable') throw unreadable(there);
    if (there.kind === 'absent') {
      const id = ports.entropy.runId();
      own.add(id);
      return { change: buildHold(author, there, id, plan), result: 'planned' };
    }
    const { until, why, run } = there.record;
    if (own.has(run)) return { result: 'planned' };
    if (until === plan.until && why === plan.why) return { result: 'extended' };
    return { change: extendHold(author, there, plan), result: 'extended' };
  });
}

/**
 * Ends a planned silence before its time.
 * @returns `absent` where none is planned
 * @throws {Fault} likewise
 */
export function endHoldEarly(
  author: Author,
  { host, agent }: { readonly host: HostId; readonly agent?: AgentName },
  ports: PlanningPorts,
  signal: AbortSignal,
): Promise<'released' | 'absent'> {
  const key = holdKey(host, agent);
  /** The hold that it was to end: the next one is another's. */
  let tried: string | undefined;
  return settle(ports, signal, async () => {
    const there = readHold(await ports.registry.read(key));
    if (there.kind === 'unreadable') throw unreadable(there);
    if (there.kind === 'absent') return { result: tried ? 'released' : 'absent' };
    const { run } = there.record;
    if (tried !== undefined && tried !== run) return { result: 'released' };
    tried = run;
    return { change: endHold(author, there, 'released'), result: 'released' };
  });
}

/**
 * Says what the fleet goes by: `change` gets what it goes by now.
 * @throws {Fault} likewise, and whatever `change` throws
 */
export function setPolicy(
  author: Author,
  change: (now: FleetPolicy) => FleetPolicy,
  ports: PlanningPorts,
  signal: AbortSignal,
): Promise<FleetPolicy> {
  return settle(ports, signal, async () => {
    const there = readPolicy(await ports.registry.read(policyKey));
    if (there.kind === 'unreadable') throw unreadable(there);
    const now = there.kind === 'stored' ? there.record.policy : defaultFleetPolicy;
    const result = change(now);
    if (JSON.stringify(result) === JSON.stringify(now)) return { result };
    if (there.kind === 'stored') return { change: changePolicy(author, there, result), result };
    return { change: adoptPolicy(author, there, ports.entropy.runId(), result), result };
  });
}

/** Without a `change` it is as it was wished already. */
interface Attempt<T> {
  readonly change?: Change;
  readonly result: T;
}

async function settle<T>(
  ports: PlanningPorts,
  signal: AbortSignal,
  attempt: () => Promise<Attempt<T>>,
): Promise<T> {
  let why = 'there was no time';
  while (!signal.aborted) {
    const { change, result } = await attempt();
    if (!change) return result;
    const commit = { writes: [change.write], events: change.events };
    const outcome = await ports.registry.commit(commit);
    if (outcome.outcome === 'committed') return result;
    // Refused, or not known: what stands there now says it.
    why = 'why' in outcome ? outcome.why : 'somebody else wrote it each time';
    await retryDelay(ports, signal);
  }
  throw new Fault('store-unavailable', `stopped before it was written: ${why}`);
}

const unreadable = ({ key, why }: Unreadable): Fault =>
  new Fault('record-unreadable', `${key} cannot be read: ${why}`, {
    hint: 'somebody else’s tool wrote it; `rollcall doctor` lists such records',
  });
