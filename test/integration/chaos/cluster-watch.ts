import { setTimeout as pause } from 'node:timers/promises';
import { type JetStreamManager, jetstreamManager } from '@nats-io/jetstream';
import { connect, type NatsConnection } from '@nats-io/transport-node';
import { subjectNamesOf } from '../../../src/adapters/nats/connection/subject-names.ts';
import type { Namespace } from '../../../src/domain/identity/names.ts';
import type { Millis } from '../../../src/domain/time.ts';
import type { Role } from './faults/fault-plan.ts';
import type { ChaosServer, ChaosServers } from './servers/servers.ts';

/** Observes the servers without a proxy: the leader of each stream, and whether all servers are present. */
export class ClusterWatch implements AsyncDisposable {
  readonly #servers: ChaosServers;
  readonly #nc: NatsConnection;
  readonly #jsm: JetStreamManager;
  readonly #events: string;
  readonly #streams: Readonly<Record<Exclude<Role, 'meta' | 'follower'>, string>>;

  private constructor(
    servers: ChaosServers,
    nc: NatsConnection,
    jsm: JetStreamManager,
    of: Namespace,
  ) {
    this.#servers = servers;
    this.#nc = nc;
    this.#jsm = jsm;
    const { leases, registry, auditStream, eventPrefix } = subjectNamesOf(of);
    this.#events = eventPrefix;
    this.#streams = { leases: leases.stream, registry: registry.stream, audit: auditStream };
  }

  static async open(servers: ChaosServers, namespace: Namespace): Promise<ClusterWatch> {
    const nc = await connect({
      servers: servers.nodes.map(({ port }) => `127.0.0.1:${port}`),
      ...{ name: 'chaos-watch', maxReconnectAttempts: -1, reconnectTimeWait: 50 },
      ...{ pingInterval: 500, maxPingOut: 2 },
    });
    const jsm = await jetstreamManager(nc, { checkAPI: false, timeout: 2000 });
    return new ClusterWatch(servers, nc, jsm, namespace);
  }

  /**
   * The server that has this role now; a follower leads no stream, if such a server exists. On a busy machine the
   * cluster may not answer in time: then any server has it.
   */
  async find(role: Role): Promise<ChaosServer> {
    const finding = role === 'follower' ? this.#follower() : this.#leader(role);
    const name = await finding.catch(() => undefined);
    const [first] = this.#servers.nodes;
    const found = this.#servers.nodes.find((node) => node.name === name) ?? first;
    if (!found) throw new Error('a cluster has servers');
    return found;
  }

  /**
   * Waits until every stream has a leader and every replica is up to date. Returns what is missing after the time;
   * undefined if nothing is.
   */
  async missing(within: Millis, signal?: AbortSignal): Promise<string | undefined> {
    const deadline = performance.now() + within;
    for (;;) {
      const missing = await this.#missingNow();
      if (missing === undefined || performance.now() >= deadline || signal?.aborted) return missing;
      await pause(250);
    }
  }

  /** Waits until the audit has the last written event. Returns the duration, or undefined. */
  async copied(within: Millis): Promise<Millis | undefined> {
    const began = performance.now();
    for (;;) {
      const took = Math.round(performance.now() - began);
      if (await this.#isCopied().catch(() => false)) return took;
      if (took > within) return undefined;
      await pause(250);
    }
  }

  async #isCopied(): Promise<boolean> {
    const { registry, audit } = this.#streams;
    const last_by_subj = `${this.#events}>`;
    const written = await this.#jsm.streams.getMessage(registry, { last_by_subj });
    const { state } = await this.#jsm.streams.info(audit);
    const copied = await this.#jsm.streams.getMessage(audit, { seq: state.last_seq });
    const origin = Number(copied?.header.get('Nats-Stream-Source').split(' ')[1] ?? 0);
    return origin >= (written?.seq ?? 0);
  }

  async #missingNow(): Promise<string | undefined> {
    try {
      if ((await this.#servers.metaLeader()) === undefined) return 'no server leads JetStream';
      const infos = Object.values(this.#streams).map((name) => this.#jsm.streams.info(name));
      const missing = (await Promise.all(infos)).flatMap(({ config, cluster }) => {
        const replicas = cluster?.replicas ?? [];
        const late = replicas.filter(({ current, offline }) => !current || offline === true);
        if (cluster?.leader === undefined) return [`${config.name} has no leader`];
        if (replicas.length !== 2) return [`${config.name} has ${replicas.length + 1} replicas`];
        return late.map(
          ({ name, offline, lag }) =>
            `${config.name} on ${name} is ${offline ? 'offline' : `behind by ${lag ?? '?'}`}`,
        );
      });
      return missing.length > 0 ? missing.join(', ') : undefined;
    } catch (error) {
      return `the servers do not answer: ${error instanceof Error ? error.message : error}`;
    }
  }

  async #leader(role: Exclude<Role, 'follower'>): Promise<string | undefined> {
    if (role === 'meta') return this.#servers.metaLeader();
    return (await this.#jsm.streams.info(this.#streams[role])).cluster?.leader;
  }

  async #follower(): Promise<string | undefined> {
    const leaders = await Promise.all(
      (['leases', 'registry', 'audit'] as const).map((role) => this.#leader(role)),
    );
    const idle = this.#servers.nodes.find(({ name }) => !leaders.includes(name));
    return (idle ?? this.#servers.nodes.find(({ name }) => name !== leaders[0]))?.name;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#nc.close();
  }
}
