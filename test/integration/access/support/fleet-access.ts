import {
  connect,
  credsAuthenticator,
  type NatsConnection,
  nkeyAuthenticator,
} from '@nats-io/transport-node';
import {
  inboxPrefixOf,
  type Member,
  type Role,
} from '../../../../src/adapters/nats/access/member.ts';
import { newUserKey } from '../../../../src/adapters/nats/access/nkeys.ts';
import {
  credentialsOf,
  operatorConfig,
  type Revocation,
} from '../../../../src/adapters/nats/access/operator-config.ts';
import { accessConfig } from '../../../../src/adapters/nats/access/server-config.ts';
import { openNatsStore } from '../../../../src/adapters/nats/store.ts';
import { Fault } from '../../../../src/domain/fault.ts';
import { Namespace } from '../../../../src/domain/identity/names.ts';
import { freePorts } from '../../../../tools/bench/environment/free-ports.ts';
import { until } from '../../harness/until.ts';
import { type ConfiguredServer, startConfigured } from '../../nats/support/configured-server.ts';

/** `jwt`: operator mode. `static`: accounts in the configuration of the servers. */
export type Mode = 'static' | 'jwt';

/** Running servers, all of them for clients. */
export interface AccessServers extends AsyncDisposable {
  readonly url: string | readonly string[];
}

/** The members of a test and their secrets. */
export class FleetAccess {
  readonly namespace = Namespace.parse('fleet');
  readonly members: Member[] = [];
  readonly #seeds = new Map<string, string>();
  readonly #system = newUserKey();
  /** The secrets of the operator, by name; undefined: the accounts are static. */
  readonly #keys: Map<string, string> | undefined;
  readonly #creds = new Map<string, string>();
  readonly revocations: Revocation[] = [];

  constructor(mode: Mode = 'static') {
    if (mode === 'jwt') this.#keys = new Map();
  }

  readonly #keyring = (name: string, make: () => string): string => {
    const seed = this.#keys?.get(name) ?? make();
    this.#keys?.set(name, seed);
    return seed;
  };

  add(
    role: Role,
    name: string,
    { services, namespace = this.namespace }: Partial<Pick<Member, 'services' | 'namespace'>> = {},
  ): Member {
    const { key, seed } = newUserKey();
    const member = { namespace, role, name, services, keys: [key] };
    this.members.push(member);
    this.#seeds.set(key, seed);
    return member;
  }

  async config(): Promise<(storeDir: string) => string> {
    const accounts = await this.#accounts();
    return (storeDir) => `jetstream { store_dir: "${storeDir}" }\n${accounts}`;
  }

  async #accounts(): Promise<string> {
    if (!this.#keys) return accessConfig(this.members, [this.#system.key]);
    for (const member of this.members) {
      const [key = ''] = member.keys;
      const seed = this.#seeds.get(key) ?? '';
      if (!this.#creds.has(key))
        this.#creds.set(key, await credentialsOf(member, seed, this.#keyring));
    }
    return operatorConfig(this.members, this.#keyring, this.revocations);
  }

  loginOf(member: Member) {
    const [key = ''] = member.keys;
    const creds = this.#creds.get(key);
    const credentials = creds === undefined ? { nkeySeed: this.#seeds.get(key) ?? '' } : { creds };
    return { credentials, inboxPrefix: inboxPrefixOf(member) };
  }

  async connect({ url }: Pick<AccessServers, 'url'>, member: Member): Promise<NatsConnection> {
    const { credentials, inboxPrefix } = this.loginOf(member);
    return connect({
      servers: typeof url === 'string' ? url : [...url],
      inboxPrefix,
      name: `attacker ${member.role}`,
      authenticator:
        'creds' in credentials
          ? credsAuthenticator(new TextEncoder().encode(credentials.creds))
          : nkeyAuthenticator(new TextEncoder().encode(credentials.nkeySeed)),
      maxReconnectAttempts: 3,
    });
  }

  open({ url }: Pick<AccessServers, 'url'>, member: Member, create = false) {
    return openNatsStore({
      servers: [url].flat(),
      replicas: typeof url === 'string' ? 1 : url.length,
      namespace: member.namespace,
      name: `rollcall ${member.role}`,
      create,
      ...this.loginOf(member),
    });
  }

  /** Stores a message, as a collector can. */
  async put(server: Pick<ConfiguredServer, 'url'>, subject: string, text: string): Promise<void> {
    const collector = this.members.find(({ role }) => role === 'collector');
    if (collector === undefined) throw new Error('there is no collector');
    const connection = await this.connect(server, collector);
    await connection.request(subject, text);
    await connection.close();
  }

  /** A server with this access, and the streams of the namespace. */
  async start(): Promise<ConfiguredServer>;
  /** Several form a cluster. */
  async start(size: 1 | 3): Promise<AccessServers>;
  async start(size: 1 | 3 = 1): Promise<AccessServers> {
    const deploy = this.members.find(({ role }) => role === 'deploy') ?? this.add('deploy', 'd');
    const accounts = await this.config();
    if (size === 1) {
      const server = await startConfigured(accounts);
      await using _streams = await this.open(server, deploy, true);
      return server;
    }
    const servers = await startCluster(accounts, size);
    await until('the streams are created', async () => {
      try {
        await using _streams = await this.open(servers, deploy, true);
        return true;
      } catch (cause) {
        if (cause instanceof Fault) return false;
        throw cause;
      }
    });
    return servers;
  }
}

async function startCluster(
  config: (storeDir: string) => string,
  size: number,
): Promise<AccessServers> {
  await using opened = new AsyncDisposableStack();
  const ports = await freePorts(size);
  const routes = ports.map((port) => `nats://127.0.0.1:${port}`).join(', ');
  const servers = await Promise.all(
    ports.map(async (port, n) => {
      const cluster = `server_name: n${n}\ncluster { name: c, host: 127.0.0.1, port: ${port}, routes: [${routes}] }\n`;
      return opened.use(await startConfigured((storeDir) => cluster + config(storeDir)));
    }),
  );
  const closing = opened.move();
  return {
    url: servers.map(({ url }) => url),
    [Symbol.asyncDispose]: () => closing.disposeAsync(),
  };
}
