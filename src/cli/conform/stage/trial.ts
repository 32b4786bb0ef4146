import { conformance } from '../../../composition/conformance.ts';
import type { Rule } from '../../../domain/conformance/rules.ts';
import {
  isLease,
  type OwnSubjects,
  ownSubjects,
  runOf,
} from '../../../domain/conformance/traffic.ts';
import { AgentName, RunId, type Slot } from '../../../domain/identity/names.ts';
import {
  agentKey,
  agentMapKey,
  instanceKey,
  leaseKey,
} from '../../../domain/identity/registry-keys.ts';
import { InstanceSpec } from '../../../domain/records/desired-instances.ts';
import {
  readAgent,
  readInstance,
  type StoredAgent,
  type StoredInstance,
  tokenOf,
} from '../../../domain/records/stored-record.ts';
import type { Revision } from '../../../domain/time.ts';
import { type Millis, type MonotonicTime, seconds } from '../../../domain/time.ts';
import { namespace, ScenarioOver, type Stage } from './stage.ts';

type Process = ReturnType<typeof conformance.startForeignProcess>;
type Proxy = Awaited<ReturnType<typeof conformance.startTappedProxy>>;

/** A run that is live, with all instances that it should have. */
export interface LiveRun {
  readonly agent: StoredAgent;
  readonly instances: readonly StoredInstance[];
}

/** The time that every step has beyond what the rules give, for slow starts and busy machines. */
export const patience: Millis = seconds(10);

/** Eight processes start at the same time. */
const startWithin: Millis = seconds(30);

/** Two instances: one with everything, and one with the least. Their names need escapes in subjects. */
export const usualInstances: readonly InstanceSpec[] = [
  { service: 'web', id: 'w 1', address: '10.0.0.7', port: 8080, labels: { version: '1.2' } },
  { service: 'täglich.x', id: 'b' },
].map((spec) => InstanceSpec.parse(spec));

/** One slot, whose agent is the foreign program behind a proxy of its own. */
export class Trial implements AsyncDisposable {
  readonly slot: Slot;
  readonly own: OwnSubjects;
  readonly stage: Stage;
  readonly proxy: Proxy;
  readonly #commandLine: string;
  readonly #grace: Millis;
  readonly #processes: Process[] = [];

  static async open(
    stage: Stage,
    name: string,
    commandLine: string,
    grace: Millis,
  ): Promise<Trial> {
    const proxy = await conformance.startTappedProxy(stage.port);
    return new Trial(stage, AgentName.parse(name), commandLine, grace, proxy);
  }

  private constructor(
    stage: Stage,
    agent: AgentName,
    commandLine: string,
    grace: Millis,
    proxy: Proxy,
  ) {
    this.stage = stage;
    this.slot = { host: stage.host, agent };
    this.own = ownSubjects(namespace, agentMapKey(this.slot));
    this.#commandLine = commandLine;
    this.#grace = grace;
    this.proxy = proxy;
  }

  /** Starts the program with the settings that docs/how-to/check-an-agent.md lists. */
  start(instances: readonly InstanceSpec[] = usualInstances): Process {
    const process = conformance.startForeignProcess(this.#commandLine, {
      ...this.stage.io.env,
      NATS_URL: this.proxy.url,
      ROLLCALL_SERVERS: this.proxy.url,
      ROLLCALL_NAMESPACE: namespace,
      ROLLCALL_HOST: this.slot.host,
      ROLLCALL_NAME: this.slot.agent,
      ROLLCALL_TTL: `${this.stage.ttl / 1000}`,
      ROLLCALL_GRACE: `${this.#grace / 1000}`,
      ROLLCALL_INSTANCES: JSON.stringify(instances),
      ROLLCALL_COLLECT: 'false',
    });
    this.#processes.push(process);
    return process;
  }

  pass(rule: Rule, seen: string): void {
    this.stage.verdicts.pass(rule, seen);
  }

  fail(rule: Rule, seen: string): void {
    this.stage.verdicts.fail(rule, seen);
  }

  /** Waits for what a rule demands; without it the rule is broken, and the scenario over. */
  async must<T>(
    rule: Rule,
    what: string,
    look: () => T | Promise<T>,
    within: Millis = patience,
  ): Promise<NonNullable<T>> {
    const { clock } = this.stage.ports;
    const began = clock.monotonic();
    const seen = await this.stage.until(look, within);
    const took = Math.round(clock.monotonic() - began);
    if (seen === undefined) {
      throw new ScenarioOver(rule, `not within ${within / 1000} s: ${what}${this.#lastWords()}`);
    }
    this.pass(rule, `${what}, after ${took} ms`);
    return seen;
  }

  /** As `must`, for what is no rule itself. */
  async meanwhile<T>(rule: Rule, what: string, look: () => T | Promise<T>, within = patience) {
    const seen = await this.stage.until(look, within);
    if (seen === undefined) {
      throw new ScenarioOver(rule, `not within ${within / 1000} s: ${what}${this.#lastWords()}`);
    }
    return seen;
  }

  async agent(): Promise<StoredAgent | undefined> {
    const { ports } = this.stage;
    const key = agentKey(this.slot);
    const read = readAgent(await this.stage.answer(() => ports.registry.read(key)));
    if (read.kind === 'unreadable') this.fail(6, `${read.key}: ${read.why}`);
    return read.kind === 'stored' ? read : undefined;
  }

  async instance({ service, id }: InstanceSpec): Promise<StoredInstance | undefined> {
    const { ports } = this.stage;
    const key = instanceKey({ ...this.slot, service, id });
    const read = readInstance(await this.stage.answer(() => ports.registry.read(key)));
    if (read.kind === 'unreadable') this.fail(6, `${read.key}: ${read.why}`);
    return read.kind === 'stored' ? read : undefined;
  }

  /**
   * The run that is live with these instances; not one of `former`.
   * @throws {ScenarioOver} if the process has ended
   */
  async live(specs = usualInstances, former: readonly string[] = []): Promise<LiveRun | undefined> {
    this.assertRunning();
    const agent = await this.agent();
    if (agent?.record.phase !== 'live' || former.includes(agent.record.run)) return undefined;
    const instances = await Promise.all(specs.map((spec) => this.instance(spec)));
    const stored = instances.filter((one) => one !== undefined);
    const isWhole = stored.length === specs.length;
    return isWhole && stored.every(({ record }) => record.run === agent.record.run)
      ? { agent, instances: stored }
      : undefined;
  }

  /** Starts the program, and waits until it is live. */
  async startLive(): Promise<LiveRun & { readonly process: Process }> {
    const process = this.start();
    const what = 'it is live with its instances';
    return { ...(await this.must(5, what, () => this.live(), startWithin)), process };
  }

  /** @throws {ScenarioOver} if the process has ended */
  assertRunning(): void {
    if (this.#processes.at(-1)?.exitCode === undefined) return;
    throw new ScenarioOver(5, `its process ended before it was live${this.#lastWords()}`);
  }

  lease(run: string) {
    const key = leaseKey({ ...this.slot, run: RunId.parse(run) });
    return this.stage.answer(() => this.stage.ports.leases.read(key));
  }

  /** The runs for which leases were written over connections that were made from this time on. */
  runsSince(from: MonotonicTime): readonly string[] {
    const { messages } = this.proxy;
    // What a killed process sent last may arrive later than its end, but not after a new connection.
    const first = messages.findIndex((one) => one.kind === 'connect' && one.at >= from);
    const leases = (first < 0 ? [] : messages.slice(first)).filter(
      (one) => one.kind === 'publish' && isLease(one, this.own),
    );
    return [...new Set(leases.map((one) => (one.kind === 'publish' ? runOf(one, this.own) : '')))];
  }

  #lastWords(): string {
    const last = this.#processes.at(-1);
    if (!last) return '';
    const end = last.exitCode === undefined ? '' : ` (the process ended with ${last.exitCode})`;
    return last.output === '' ? end : `${end}; it printed: ${last.output.slice(-300)}`;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#processes.map((process) => process[Symbol.asyncDispose]()));
    await this.proxy[Symbol.asyncDispose]();
  }
}

/** The tokens of instances, to see that none was registered again. */
export const tokensOf = ({ instances }: LiveRun): readonly Revision[] => instances.map(tokenOf);
