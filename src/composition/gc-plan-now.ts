import type { BrakeForecast } from '../domain/collection/brake-forecast.ts';
import {
  leaseClearsSuspicion,
  type Plan,
  type PlanRow,
  planRemovals,
} from '../domain/collection/gc-plan.ts';
import { Fault } from '../domain/fault.ts';
import type { Fleet } from '../domain/fleet/fleet.ts';
import { judgingSeats } from '../domain/fleet/judging-seats.ts';
import type { RunRef } from '../domain/identity/names.ts';
import { allRunLeases, allSeats, leaseKey } from '../domain/identity/registry-keys.ts';
import type { LeasePolicy } from '../domain/policy/lease-policy.ts';
import type { AgentRecord } from '../domain/records/schemas.ts';
import { type Millis, seconds } from '../domain/time.ts';
import type { Ports } from '../ports/ports.ts';
import { watchedNowSince } from '../runtime/audit/watched-since.ts';

/** What will be removed if nothing changes, and the number of active collectors. */
export interface Planned extends Plan {
  readonly seats: number;
}

/** Time limit of a ping to a suspect. The answer only improves the plan; it decides nothing. */
const askFor: Millis = seconds(1);
const atOnce = 100;

/**
 * Reads leases and seats, pings the suspects and plans removals.
 * @throws {Fault} `store-unavailable`
 */
export async function planLive(
  fleet: Fleet,
  orphans: LeasePolicy,
  {
    leases,
    messaging,
    serverTime,
    audit,
  }: Pick<Ports, 'leases' | 'messaging' | 'serverTime' | 'audit'>,
): Promise<Planned> {
  const seats = judgingSeats(await leases.list(allSeats));
  // Read after the view: a run takes its lease before it writes its record.
  const standing = new Set((await leases.list(allRunLeases)).map(({ key }) => key));
  const now = await serverTime.now();
  const back = (run: AgentRecord) => standing.has(leaseKey(run)) && leaseClearsSuspicion(run, now);
  const silent = suspectsIn(fleet).filter((run) => !back(run));
  const answering = new Set<string>();
  for (let from = 0; from < silent.length; from += atOnce) {
    const some = silent.slice(from, from + atOnce);
    await Promise.all(
      some.map(async (run) => {
        if (await answers(run, messaging)) answering.add(run.run);
      }),
    );
  }
  const watchedSince = await watchedNowSince(fleet, seats, now, audit);
  const around = {
    now: await serverTime.now(),
    leases: standing,
    answering,
    orphans,
    watchedSince,
  };
  return { ...planRemovals(fleet, { ...around, seats: seats.length }), seats: seats.length };
}

function suspectsIn(fleet: Fleet): readonly AgentRecord[] {
  return [...fleet.slots()].flatMap(({ agent }) => {
    if (agent?.kind !== 'stored') return [];
    const { record } = agent;
    return record.suspect && record.phase !== 'expired' ? [record] : [];
  });
}

async function answers(run: RunRef, messaging: Ports['messaging']): Promise<boolean> {
  try {
    return typeof (await messaging.ping(run, askFor)) !== 'string';
  } catch (error) {
    if (error instanceof Fault) return false;
    throw error;
  }
}

/** A row of the plan for `--json`. */
export function planDocument(row: PlanRow): object {
  const { kind, why, host, agent, run, key, detail, instances } = row;
  const { since, next, at, latest, heldBy } = row;
  return {
    ...{ event: 'plan', kind, why, host, agent, run, key, detail, instances },
    ...{ since, next, at, latest, heldBy },
  };
}

/** A brake for `--json`. */
export function brakeDocument({ record, turns, ...forecast }: BrakeForecast): object {
  const on = record !== undefined;
  const since = record === undefined || record === 'unreadable' ? null : record.since;
  return { ...forecast, on, readable: record !== 'unreadable', since, waiting: turns.size };
}
