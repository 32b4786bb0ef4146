import { MemoryServer } from '../../../src/adapters/memory/server/memory-server.ts';
import { recordSubject } from '../../../src/adapters/memory/server/subjects.ts';
import { VirtualClock } from '../../../src/adapters/memory/time/virtual-clock.ts';
import { Fault } from '../../../src/domain/fault.ts';
import { AgentName, HostId, RunId, type Slot } from '../../../src/domain/identity/names.ts';
import {
  agentKey,
  agentMapKey,
  instanceKey,
  leaseKey,
} from '../../../src/domain/identity/registry-keys.ts';
import type { LeasePolicy } from '../../../src/domain/policy/lease-policy.ts';
import { InstanceSpec } from '../../../src/domain/records/desired-instances.ts';
import type { AgentRecord, InstanceRecord } from '../../../src/domain/records/schemas.ts';
import type { RecordRead } from '../../../src/domain/records/stored-record.ts';
import { type Millis, seconds } from '../../../src/domain/time.ts';
import { Agent, type AgentOptions } from '../../../src/runtime/agent/agent.ts';
import { Collector } from '../../../src/runtime/collector/collector.ts';
import { sweepEvery } from '../../../src/runtime/collector/sweeper.ts';
import { Directory, type DirectoryOptions } from '../../../src/runtime/directory/directory.ts';
import type { ProcessTransition } from '../../../src/runtime/transitions/process-chain.ts';
import { seededFractions } from '../../../tools/bench/history/seeded-random.ts';
import { logOfDirectory } from '../faults/log-of-directory.ts';
import { AuditWatch } from './audit-watch.ts';
import { Gate } from './gate.ts';
import { Line } from './link-faults.ts';
import { Process } from './process.ts';
import type { Timekeeping } from './process-clock.ts';
import { agentIn, instanceIn } from './record-cache.ts';
import type { Surroundings } from './surroundings.ts';

/** An agent and the process it runs in. */
export interface AgentProcess {
  readonly process: Process;
  readonly agent: Agent;
  readonly transitions: ProcessTransition[];
  /** How it ended; undefined while it runs. */
  readonly ended: () => 'left' | Error | undefined;
}

export interface CollectorProcess {
  readonly process: Process;
  readonly collector: Collector;
  readonly transitions: ProcessTransition[];
}

export interface DirectoryProcess {
  readonly process: Process;
  readonly directory: Directory;
}

export interface FleetOptions {
  readonly seed?: number;
  readonly lease?: LeasePolicy;
  /** Random numbers in [0, 1) of the seed. */
  readonly timekeeping?: (fraction: () => number) => Timekeeping;
}

/** Short enough for many runs, long enough for every rule to apply: renewals are 2 s apart. */
const shortLease: LeasePolicy = { ttl: seconds(6), grace: seconds(10) };

/**
 * Agents, collectors and directories on one memory store and one virtual time, each in a process that
 * can be killed, frozen or cut off; and the audit watched from the first event on.
 */
export class FleetInMemory {
  readonly clock = new VirtualClock();
  readonly world = new MemoryServer(this.clock);
  readonly lease: LeasePolicy;
  readonly audit: AuditWatch;
  readonly processes: Process[] = [];
  /** Of its collectors. */
  sweepEvery: Millis = sweepEvery;
  /** Unexpected exceptions. */
  readonly bugs: unknown[] = [];
  /** While it is closed, the store has no leader and serves no request. */
  readonly leader = new Gate();
  /** Called whenever the store has served a request. */
  served: () => void = () => {};
  readonly #around: Surroundings;
  readonly #dead = new Set<number>();
  #numbers = 0;

  constructor({ seed = 1, lease = shortLease, timekeeping }: FleetOptions = {}) {
    this.lease = lease;
    const fraction = seededFractions(seed);
    this.audit = new AuditWatch(this.world, lease.ttl);
    this.world.refusesWatch = (client, stream) =>
      client instanceof Line && client.refusedWatch && stream === this.world[client.refusedWatch]
        ? 'its user was refused the consumer'
        : undefined;
    this.#around = {
      clock: this.clock,
      world: this.world,
      next: () => ++this.#numbers,
      fraction,
      leader: { gate: this.leader, keeps: () => fraction() < 0.5 },
      timekeeping: () => timekeeping?.(fraction) ?? {},
      served: () => {
        this.audit.look();
        this.served();
      },
    };
  }

  readonly advance = (duration: Millis): Promise<void> => this.clock.advance(duration);

  /**
   * `sees`: whether the processes of this host can see each other, as those of one pid namespace do.
   * `slot`: the agent for which it is started.
   */
  process(host: string, { sees = false, slot }: { sees?: boolean; slot?: Slot } = {}): Process {
    const gone = ({ boot, pid }: AgentRecord['process']) =>
      sees && boot === host ? this.#dead.has(pid) : false;
    const process = new Process(host, this.#around, gone, slot);
    this.processes.push(process);
    return process;
  }

  async kill(process: Process): Promise<void> {
    this.#dead.add(process.pid);
    await process.crash();
  }

  /** Starts an agent at `host/agent` that runs these instances, each `service/id` or a whole spec. */
  agent(
    place: string,
    instances: readonly (string | InstanceSpec)[] = [],
    options: Partial<Omit<AgentOptions, 'process'>> & {
      readonly process?: Process;
      readonly sees?: boolean;
      /** Boot id and pid namespace, if they are not those of its host. */
      readonly machine?: Partial<AgentRecord['process']>;
    } = {},
  ): AgentProcess {
    const slot = slotAt(place);
    const { process: given, sees = false, machine, ...rest } = options;
    const process = given ?? this.process(slot.host, { sees, slot });
    const transitions: ProcessTransition[] = [];
    const agent = new Agent(
      {
        slot,
        lease: this.lease,
        process: { boot: slot.host, namespace: 'pid', pid: process.pid, ...machine },
        takeover: false,
        whenExpired: 'start-over',
        drainFor: 0,
        leaveWithin: seconds(10),
        collect: false,
        onTransition: (transition) => void transitions.push(transition),
        ...rest,
      },
      instances.map(specOf),
      process.ports,
    );
    let ended: 'left' | Error | undefined;
    agent.done.then(
      () => {
        ended = 'left';
      },
      (error: Error) => {
        ended = error;
        if (!(error instanceof Fault)) this.bugs.push(error);
      },
    );
    return { process, agent, transitions, ended: () => ended };
  }

  collector(host: string, process = this.process(host)): CollectorProcess {
    const me = {
      ...slotAt(`${host}/collector`),
      run: RunId.parse(`run${String(this.#around.next()).padStart(6, '0')}`),
    };
    const transitions: ProcessTransition[] = [];
    const collector = new Collector(
      me,
      {
        lease: this.lease,
        sweepEvery: this.sweepEvery,
        onTransition: (transition) => void transitions.push(transition),
      },
      process.ports,
    );
    collector.done.catch((error: unknown) => void this.bugs.push(error));
    return { process, collector, transitions };
  }

  directory(options: Partial<DirectoryOptions> = {}): DirectoryProcess {
    const process = this.process('consumer');
    const ports = { ...process.ports, log: logOfDirectory(process.ports.log, this.bugs) };
    const directory = new Directory(ports, { seatsEvery: this.lease.ttl, ...options });
    return { process, directory };
  }

  /** The record of the slot. */
  record(place: string): RecordRead<AgentRecord> {
    const key = agentKey(slotAt(place));
    const last = this.world.registry.last(recordSubject(key));
    return last ? agentIn(last) : { kind: 'absent', key, revision: 0 };
  }

  /** The run in the record of the slot. */
  holder(place: string): string | undefined {
    const read = this.record(place);
    return read.kind === 'stored' ? read.record.run : undefined;
  }

  phase(place: string): string {
    const read = this.record(place);
    if (read.kind !== 'stored') return read.kind;
    const { phase, suspect } = read.record;
    return suspect && phase !== 'expired' ? `${phase}, ${suspect.reason}` : phase;
  }

  instance(place: string, name: string): RecordRead<InstanceRecord> {
    const key = instanceKey({ ...slotAt(place), ...specOf(name) });
    const last = this.world.registry.last(recordSubject(key));
    return last ? instanceIn(last) : { kind: 'absent', key, revision: 0 };
  }

  /** The instances under the slot that can be read, as `service/id`, sorted; with their owner's run. */
  instances(place: string): Readonly<Record<string, string>> {
    const below = recordSubject(`instance.${agentMapKey(slotAt(place))}.`);
    return Object.fromEntries(
      this.world.registry
        .after(0, (subject) => subject.startsWith(below))
        .map(instanceIn)
        .flatMap((read) => (read.kind === 'stored' ? [read.record] : []))
        .map(({ service, id, run }): [string, string] => [`${service}/${id}`, run])
        .sort(([a], [b]) => (a < b ? -1 : 1)),
    );
  }

  leaseStands(place: string, run: string): boolean {
    const of = { ...slotAt(place), run: RunId.parse(run) };
    return this.world.leases.last(leaseKey(of))?.text !== undefined;
  }

  /** Another tool writes or deletes a key, without an event in the audit. */
  byHand(key: string, text: string | undefined): void {
    this.audit.tampered(key);
    this.world.registry.append(recordSubject(key), text);
  }
}

export function slotAt(place: string): Slot {
  const [host, agent] = place.split('/');
  return { host: HostId.parse(host), agent: AgentName.parse(agent) };
}

export function specOf(instance: string | InstanceSpec): InstanceSpec {
  if (typeof instance !== 'string') return instance;
  const [service, id] = instance.split('/');
  return InstanceSpec.parse({ service, id });
}
