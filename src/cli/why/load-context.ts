import { systemAdapters } from '../../composition/system-adapters.ts';
import { zoneOf } from '../../domain/collection/brake.ts';
import { type BrakeForecast, forecastBrakes } from '../../domain/collection/brake-forecast.ts';
import { leaseClearsSuspicion } from '../../domain/collection/gc-plan.ts';
import { Fleet } from '../../domain/fleet/fleet.ts';
import { judgingSeats } from '../../domain/fleet/judging-seats.ts';
import { watchedSince } from '../../domain/fleet/observation.ts';
import type { RunRef } from '../../domain/identity/names.ts';
import {
  allRunLeases,
  allSeats,
  leaseKey,
  policyKey,
  slotOfKey,
} from '../../domain/identity/registry-keys.ts';
import type { KeyValueEntry, StoredInstance } from '../../domain/records/stored-record.ts';
import type { Revision, WallTime } from '../../domain/time.ts';
import type { Ports } from '../../ports/ports.ts';
import { observationAt } from '../../runtime/audit/observation-at.ts';
import { type ReplayTarget, replayTo } from '../../runtime/audit/replay.ts';
import { watchedNowSince } from '../../runtime/audit/watched-since.ts';
import { readLease } from '../../runtime/collector/observe/gather-evidence.ts';
import type { OpenHistory } from '../audit/open-history.ts';
import { clockOf } from '../audit/replay-report.ts';
import type { ExplanationContext } from './context.ts';

/**
 * The present: the records of the entity, of the same name elsewhere, and of their agents, read at the
 * leader. Not the whole registry, because a question is about one instance of a large fleet.
 * `brakesInView`: the forecasts of a view of the whole fleet, if there is one; else the agents are read for them.
 */
export async function present(
  filters: readonly string[],
  { registry, leases, serverTime }: Pick<Ports, 'registry' | 'leases' | 'serverTime'>,
  history: OpenHistory['history'],
  brakesInView?: () => Promise<readonly BrakeForecast[]>,
): Promise<ExplanationContext> {
  const own = await registry.list([...filters, ...ofTheFleet], 0);
  const ofSlots = own.filter(({ key }) => /^(?:agent|instance)\./.test(key));
  const slots = new Set(ofSlots.map(({ key }) => slotOfKey(key)));
  const upTo = Math.max(0, ...own.map(({ revision }) => revision));
  const agents = [...slots].map((slot) => `agent.${slot}`);
  const owners = agents.length > 0 ? await registry.list(agents, upTo) : [];
  const fleet = new Fleet<StoredInstance>();
  const all = new Map([...own, ...owners].map((entry) => [entry.key, entry]));
  const entries = [...all.values()].sort((a, b) => a.revision - b.revision);
  fleet.replace(entries, Math.max(upTo, ...owners.map(({ revision }) => revision)));
  const seats = judgingSeats(await leases.list(allSeats));
  const now = await serverTime.now();
  return {
    now,
    fleet,
    brakes: hasBrakedRun(fleet)
      ? await (brakesInView?.() ??
          liveBrakes(own, fleet.upTo, now, { registry, leases, history, seats }))
      : [],
    history,
    until: Number.POSITIVE_INFINITY,
    seats: seats.length,
    watchedSince: await watchedNowSince(fleet, seats, now, history),
    lease: (of: RunRef) => readLease(of, { leases }),
  };
}

function hasBrakedRun(fleet: Fleet): boolean {
  for (const { agent } of fleet.slots())
    if (
      agent?.kind === 'stored' &&
      agent.record.suspect &&
      fleet.controls.brakeOf(zoneOf(agent.record))
    )
      return true;
  return false;
}

/** The forecast of a brake depends on all agents of its zone, and on their leases. */
async function liveBrakes(
  controls: readonly KeyValueEntry[],
  upTo: Revision,
  now: WallTime,
  {
    registry,
    leases,
    history,
    seats,
  }: Pick<Ports, 'registry' | 'leases'> &
    Pick<OpenHistory, 'history'> & { readonly seats: readonly KeyValueEntry[] },
): Promise<readonly BrakeForecast[]> {
  const agents = await registry.list(['agent.>'], upTo);
  const others = controls.filter(({ key }) => !/^(?:agent|instance)\./.test(key));
  const entries = [...others, ...agents].sort((a, b) => a.revision - b.revision);
  const fleet = new Fleet();
  fleet.replace(entries, Math.max(upTo, ...entries.map(({ revision }) => revision)));
  const standing = new Set((await leases.list(allRunLeases)).map(({ key }) => key));
  return forecastBrakes(
    fleet,
    now,
    await watchedNowSince(fleet, seats, now, history),
    (run) => standing.has(leaseKey(run)) && leaseClearsSuspicion(run, now),
  );
}

/** Records of the fleet on which a state or a removal depends: holds, drains, brakes and the policy. */
const ofTheFleet = ['hold.>', 'drain.>', 'brake.*', policyKey];

interface PastSource extends Pick<OpenHistory, 'history' | 'keyframes'> {
  /** Of the store that has the history; a file has none. */
  readonly leases: Ports['leases'] | undefined;
}

/** The past, or a file: the replayed fleet. Leases are not recorded. `now`: what ages count to, if it is not the time of the moment. */
export async function past(
  moment: ReplayTarget,
  { history, keyframes, leases }: PastSource,
  signal: AbortSignal,
  now?: WallTime,
): Promise<ExplanationContext> {
  const { hash, signatures } = systemAdapters;
  const replayed = await replayTo(history, moment, keyframes, signal, hash, signatures.check);
  const observation = await observationAt(replayed, history, { signal, hash, leases });
  const watched = watchedSince(replayed.seats.collectors(), replayed.at);
  const at = now ?? clockOf(moment, replayed, systemAdapters.clock.wall());
  return {
    now: at,
    fleet: replayed.fleet,
    brakes: forecastBrakes(replayed.fleet, at, watched),
    watchedSince: watched,
    history,
    until: replayed.seq,
    seats: observation === 'unobserved' ? 0 : undefined,
    lease: async () => undefined,
  };
}
