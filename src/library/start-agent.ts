import { z } from 'zod';
import { DurationOrMillis } from '../composition/duration.ts';
import type { ListedInstances } from '../composition/listed-instances.ts';
import { systemAdapters } from '../composition/system-adapters.ts';
import { ZoneName } from '../domain/identity/names.ts';
import type { Health } from '../domain/records/desired-instances.ts';
import { type Millis, seconds } from '../domain/time.ts';
import type { Agent } from '../runtime/agent/agent.ts';
import type { ProcessTransition } from '../runtime/transitions/process-chain.ts';
import { openPorts, type StoreOptions } from './open-ports.ts';
import {
  type Duration,
  type LeaseOptions,
  leaseOf,
  type PlaceOptions,
  readOption,
  slotOf,
} from './options.ts';

/** An instance as one writes it; `id` is `<host>-<agent>-<service>-<port>` where none is given. */
export type InstanceOptions = z.input<typeof ListedInstances>[number];

export interface AgentOptions extends StoreOptions, LeaseOptions, PlaceOptions {
  /** What this agent is called on its host: two agents have two names. */
  readonly name: string;
  readonly instances?: readonly InstanceOptions[];
  readonly zone?: string;
  readonly address?: string;
  /** Take the slot from a run that is alive. */
  readonly takeover?: boolean;
  readonly whenExpired?: 'start-over' | 'exit';
  /** Whether it offers itself for a collector's seat; default true. */
  readonly collect?: boolean;
  /** How long instances stand as draining before a leave removes them; default 0. */
  readonly drain?: Duration;
  readonly onTransition?: (transition: ProcessTransition) => void;
}

/** An agent that serves. Disposing it is leaving politely. */
export interface RunningAgent extends AsyncDisposable {
  readonly host: string;
  readonly name: string;
  /** Another one after it was expired and started over; its term goes with it. */
  readonly run: string;
  readonly term: number;
  /** `serving`, or why it is not: see machines/session.ts. */
  readonly state: string;
  /** What it runs now, all of it; the difference is registered and removed. @throws {Fault} */
  replace(instances: readonly InstanceOptions[]): void;
  /** What is known of an instance for which no check asks; nothing where it runs no such instance. */
  report(instance: { readonly service: string; readonly id: string }, health: Health): void;
  stop(): Promise<void>;
  /** Resolves when it has left; rejects when it ended otherwise: superseded, expired. */
  readonly done: Promise<void>;
}

const Address = z.string().min(1).max(1024).optional();
const WhenExpired = z.enum(['start-over', 'exit']).default('start-over');

/** How long a polite leave may take while the store does not answer. */
const leaveWithin: Millis = seconds(3);

/**
 * Registers instances for as long as this process lives; resolves once all of them are registered.
 * @throws {Fault} `store-unavailable`, `slot-held`, `bad-name`, `bad-setting`
 */
export async function startAgent(options: AgentOptions): Promise<RunningAgent> {
  await using opened = new AsyncDisposableStack();
  const { Agent, HealthChecks, ListedInstances, withDefaultIds } = await importAgent();
  const slot = await slotOf(options, options.name);
  const namedOf = (listed: readonly InstanceOptions[]) =>
    withDefaultIds(readOption('instances', ListedInstances, listed), slot);
  const first = namedOf(options.instances ?? []);
  // A caller without types may say anything, and an address that is none would make the record one
  // that nobody can read.
  const address = readOption('address', Address, options.address);
  const zone = readOption('zone', ZoneName.optional(), options.zone);
  const takeover = readOption('takeover', z.boolean().default(false), options.takeover);
  const collect = readOption('collect', z.boolean().default(true), options.collect);
  const whenExpired = readOption('whenExpired', WhenExpired, options.whenExpired);
  const settings = {
    ...{ slot, zone, address, takeover, whenExpired, collect, leaveWithin },
    lease: leaseOf(options),
    process: systemAdapters.thisProcess(),
    drainFor: readOption('drain', DurationOrMillis, options.drain ?? 0),
    onTransition: (transition: ProcessTransition) => options.onTransition?.(transition),
  };
  const me = { ...slot, run: systemAdapters.entropy.runId() };
  const { ports } = opened.use(await openPorts(options, me));
  const agent = opened.use(
    new Agent(
      { ...settings, run: me.run },
      first.map(({ spec }) => spec),
      ports,
    ),
  );
  await agent.ready;
  const checks = opened.adopt(new HealthChecks(agent), async (running) => running.stop());
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
    replace(listed) {
      const now = namedOf(listed);
      agent.replace(now.map(({ spec }) => spec));
      checks.replace(now);
    },
    report: (instance, health) => agent.report(instance as Parameters<Agent['report']>[0], health),
    stop,
    done: agent.done,
    [Symbol.asyncDispose]: stop,
  };
}

/** The parts that only an agent needs: a program that only reads the directory does not load them. */
async function importAgent() {
  const [{ Agent }, { HealthChecks }, listed] = await Promise.all([
    import('../runtime/agent/agent.ts'),
    import('../composition/health-checks.ts'),
    import('../composition/listed-instances.ts'),
  ]);
  return { Agent, HealthChecks, ...listed };
}
