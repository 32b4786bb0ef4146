import { eventSubject } from '../../../src/domain/events/event-subjects.ts';
import {
  AgentName,
  HostId,
  InstanceId,
  RunId,
  type RunRef,
  ServiceName,
  type Slot,
} from '../../../src/domain/identity/names.ts';
import { agentKey, instanceKey, leaseKey } from '../../../src/domain/identity/registry-keys.ts';

/** Slots, runs and keys to write under, by number. */
export const slot = (n: number): Slot => ({
  host: HostId.parse(`host-${n}`),
  agent: AgentName.parse('main'),
});
export const run = (n: number): RunRef => ({ ...slot(n), run: RunId.parse(`run${10_000 + n}`) });

export const agent = (n: number): string => agentKey(slot(n));
export const lease = (n: number): string => leaseKey(run(n));
export const instance = (host: number, n: number): string => instanceKey(instanceRef(host, n));

/** The subject of the n-th event of a run. */
export const eventOf = (of: number, n: number): string =>
  eventSubject({ entity: 'run', ...run(of) }, n);
/** The subject of the n-th event of an instance. */
export const instanceEventOf = (of: number, id: number, n: number): string =>
  eventSubject({ entity: 'instance', ...run(of), ...instanceRef(of, id) }, n);

const instanceRef = (host: number, n: number) => ({
  ...slot(host),
  service: ServiceName.parse('web'),
  id: InstanceId.parse(`web-${n}`),
});
