import type { ApiDetails, ApiEntity, ApiOrigin } from '../../../../src/dashboard/api-types.ts';
import { FleetModel } from '../../../../src/dashboard/web/model/fleet-model.ts';
import {
  type FleetQuery,
  type FleetSummary,
  summarizeFleet,
} from '../../../../src/dashboard/web/screens/fleet/fleet-summary.ts';
import {
  AgentName,
  DrainTarget,
  HostId,
  InstanceId,
  RunId,
  ServiceName,
  ZoneName,
} from '../../../../src/domain/identity/names.ts';

/** How an entity stands, by name. */
export interface Given {
  readonly entity: ApiEntity;
  readonly state: string | null;
  readonly since?: number;
  readonly note?: ApiDetails;
  /** The event that began its registration or suspicion. */
  readonly origin?: ApiOrigin;
}

export const present = (phase: string, sight = 'clear'): string =>
  `present.phase.${phase}+present.sight.${sight}`;

export const run = (host: string, agent = 'a', n = 1): ApiEntity => ({
  entity: 'run',
  host: HostId.parse(host),
  agent: AgentName.parse(agent),
  run: RunId.parse(`run${String(n).padStart(9, '0')}`),
});

export const instance = (host: string, id: string, agent = 'a', n = 1): ApiEntity => ({
  ...(run(host, agent, n) as Extract<ApiEntity, { entity: 'run' }>),
  entity: 'instance',
  service: ServiceName.parse('web'),
  id: InstanceId.parse(id),
});

export const hold = (host: string): ApiEntity => ({
  entity: 'hold',
  host: HostId.parse(host),
  run: RunId.parse('hold00000001'),
});

export const policy: ApiEntity = { entity: 'policy', run: RunId.parse('policy000001') };

export const drain = (target: { host: string } | { service: string; id: string }): ApiEntity => ({
  entity: 'drain',
  target: DrainTarget.parse(target),
  run: RunId.parse('drain0000001'),
});

export const brake = (zone: string): ApiEntity => ({
  entity: 'brake',
  zone: ZoneName.parse(zone),
  run: RunId.parse('brake0000001'),
});

/** Tells a fleet how some entities stand now. */
export function tell(fleet: FleetModel, given: readonly Given[]): void {
  const numbers = given.map(({ entity }) => {
    const key = JSON.stringify(entity);
    const known = fleet.entities.findIndex((one) => JSON.stringify(one) === key);
    if (known >= 0) return known;
    fleet.addNames([entity], []);
    return fleet.entities.length - 1;
  });
  const states = given.map(({ state }) => {
    if (state === null) return -1;
    fleet.addNames([], [state]);
    return fleet.words.length - 1;
  });
  fleet.apply({
    entities: Int32Array.from(numbers),
    states: Int32Array.from(states),
    since: Float64Array.from(given.map(({ since = 1000 }) => since)),
    charts: new Int32Array(given.length),
    seqs: new Float64Array(given.length),
    origins: Float64Array.from(given.map(({ origin = [0, 0] }) => origin[0])),
    originTimes: Float64Array.from(given.map(({ origin = [0, 0] }) => origin[1])),
    starts: Float64Array.from(given.map(({ since = 1000 }) => since)),
    notes: given.map(({ note = {} }) => note),
  });
}

export function rollOf(given: readonly Given[]): FleetModel {
  const fleet = new FleetModel();
  fleet.setObservation('observed');
  tell(fleet, given);
  return fleet;
}

/** The whole of a fleet in numbers, or what is asked of it. */
export const counted = (fleet: FleetModel, asked: Partial<FleetQuery> = {}): FleetSummary =>
  summarizeFleet(fleet.slots(), fleet, {
    at: 0,
    old: true,
    text: '',
    by: 'host',
    all: false,
    flaps: [],
    ...asked,
  });
