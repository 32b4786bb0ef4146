import { homedir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import type { Credentials } from './adapters/nats/connection.ts';
import { withoutLogin } from './cli/access.ts';
import { Checks } from './cli/checks.ts';
import { ListedInstances, namedInstances, openStore, portsOf, system } from './cli/compose.ts';
import { Lasting } from './cli/duration.ts';
import type { Health } from './domain/desired.ts';
import { inOneLine } from './domain/entry.ts';
import { Fault } from './domain/fault.ts';
import type { AgentRow, InstanceRow } from './domain/join.ts';
import { AgentName, HostId, Namespace, type Slot } from './domain/names.ts';
import { defaultLease, LeasePolicy } from './domain/policy.ts';
import { seconds } from './domain/time.ts';
import type { Log } from './ports/log.ts';
import { Agent } from './runtime/agent.ts';
import { Collector } from './runtime/collector.ts';
import { Directory, type DirectoryChange } from './runtime/directory.ts';
import type { ProcessTransition } from './runtime/process-chain.ts';

export type { AgentRow, Credentials, DirectoryChange, Health, InstanceRow, Log, ProcessTransition };
export { Fault };

/** Milliseconds, or as one writes it: `15s`, `1m 30s`. */
export type Duration = number | string;

export interface StoreOptions {
  /** `nats://host:port`, one or several. */
  readonly servers: string | readonly string[];
  /** Which fleet; default `default`. */
  readonly namespace?: string;
  readonly credentials?: Credentials;
  /** PEM texts. */
  readonly tls?: { readonly ca?: string; readonly cert?: string; readonly key?: string };
  /** How long the first connection may take; default 5 s. Later ones are tried for ever. */
  readonly connectWithin?: Duration;
  /** Ends connecting. */
  readonly signal?: AbortSignal;
  /** Default: nothing is logged. */
  readonly log?: Log;
}

interface LeaseOptions {
  /** The life of the lease; default 15 s. */
  readonly ttl?: Duration;
  /** How long a suspicion stands before it may become an expiry; default 30 s. */
  readonly grace?: Duration;
}

interface PlaceOptions {
  /** The id of this machine; default: kept in `stateDir`, else made from the machine id. */
  readonly host?: string;
  /** Default `~/.local/state/rollcall`. */
  readonly stateDir?: string;
}

/** An instance as one writes it; `id` is `<host>-<agent>-<service>-<port>` where none is given. */
export type InstanceOptions = z.input<typeof ListedInstances>[number];

export interface StartAgentOptions extends StoreOptions, LeaseOptions, PlaceOptions {
  /** What this agent is called on its host: two agents have two names. */
  readonly name: string;
  readonly instances?: readonly InstanceOptions[];
  readonly zone?: string;
  readonly address?: string;
  /** Take the slot from a run that is alive. */
  readonly takeover?: boolean;
  readonly whenExpired?: 'start-over' | 'exit';
  /** How long instances stand as draining before they are removed; default 0. */
  readonly drain?: Duration;
  readonly onTransition?: (transition: ProcessTransition) => void;
}

/** An agent that serves. Disposing it is leaving politely. */
export interface RunningAgent extends AsyncDisposable {
  readonly host: string;
  readonly name: string;
  readonly run: string;
  readonly term: number;
  /** `serving`, or why it is not: see machines/session.ts. */
  readonly state: string;
  /** What it runs now, all of it; the difference is registered and removed. @throws {Fault} */
  replace(instances: readonly InstanceOptions[]): void;
  /** What is known of one instance, where no check of ours asks. */
  report(instance: { readonly service: string; readonly id: string }, health: Health): void;
  stop(): Promise<void>;
  /** Resolves when it has left; rejects when it ended otherwise: superseded, expired. */
  readonly done: Promise<void>;
}

/**
 * Registers instances for as long as this process lives; resolves once all of them are registered.
 * @throws {Fault} `store-unavailable`, `slot-held`, `bad-name`, `bad-setting`
 */
export async function startAgent(options: StartAgentOptions): Promise<RunningAgent> {
  await using opened = new AsyncDisposableStack();
  const slot = await slotOf(options, options.name);
  const listed = read('instances', ListedInstances, options.instances ?? []);
  const first = namedInstances(listed, slot);
  const run = system.entropy.runId();
  const ports = opened.use(await open(options, { ...slot, run })).ports;
  const { zone, address, takeover = false, whenExpired = 'start-over' } = options;
  const agent = new Agent(
    {
      ...{ slot, zone, address, takeover, whenExpired },
      lease: leaseOf(options),
      process: system.thisProcess(),
      drainFor: read('drain', Lasting, options.drain ?? 0),
      leaveWithin: seconds(5),
      onTransition: (transition) => options.onTransition?.(transition),
    },
    first.map(({ spec }) => spec),
    ports,
  );
  opened.use(agent);
  await agent.ready;
  const checks = new Checks(agent);
  opened.defer(() => checks.stop());
  checks.replace(first);
  const closing = opened.move();
  const stop = () => closing.disposeAsync();
  agent.done.then(stop, stop);
  return {
    host: slot.host,
    name: slot.agent,
    get run() {
      return agent.run;
    },
    get term() {
      return agent.term;
    },
    get state() {
      return agent.state;
    },
    replace(instances) {
      const now = namedInstances(read('instances', ListedInstances, instances), slot);
      agent.replace(now.map(({ spec }) => spec));
      checks.replace(now);
    },
    report: (instance, health) => agent.report(instance as Parameters<Agent['report']>[0], health),
    stop,
    done: agent.done,
    [Symbol.asyncDispose]: stop,
  };
}

export interface StartCollectorOptions extends StoreOptions, LeaseOptions, PlaceOptions {
  /** Default `collector`. */
  readonly name?: string;
  readonly onTransition?: (transition: ProcessTransition) => void;
}

/** Where all seats are held by others it sleeps until one gets free: no reason to wait for it. */
const seatWithin = seconds(1);

/** Watches all runs and removes what dead ones left; resolves when it does, or sleeps. */
export async function startCollector(options: StartCollectorOptions) {
  await using opened = new AsyncDisposableStack();
  const me = { ...(await slotOf(options, options.name ?? 'collector')), run: system.entropy.runId() };
  const { ports } = opened.use(await open(options, me));
  const seated = Promise.withResolvers<void>();
  const onTransition = (transition: ProcessTransition) => {
    seated.resolve();
    options.onTransition?.(transition);
  };
  const collector = new Collector(me, { lease: leaseOf(options), onTransition }, ports);
  opened.use(collector);
  await Promise.race([seated.promise, system.clock.sleep(seatWithin, options.signal)]);
  const closing = opened.move();
  const stop = () => closing.disposeAsync();
  return {
    get state() {
      return collector.state;
    },
    done: collector.done,
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

export interface OpenDirectoryOptions extends StoreOptions {
  /** Between two looks at whether anybody watches; default 15 s. */
  readonly seatsEvery?: Duration;
}

/** A consumer's view, complete when it resolves, and kept by changes from then on. */
export async function openDirectory(options: OpenDirectoryOptions) {
  await using opened = new AsyncDisposableStack();
  const { ports } = opened.use(await open(options, 'directory'));
  const listeners = new Set<(changes: readonly DirectoryChange[]) => void>();
  const seatsEvery = read('seatsEvery', Lasting, options.seatsEvery ?? seconds(15));
  const onChange = (changes: readonly DirectoryChange[]) => {
    for (const listener of listeners) listener(changes);
  };
  const directory = opened.use(new Directory(ports, { seatsEvery, onChange }));
}
