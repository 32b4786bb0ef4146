import { connect, type NatsConnection, nkeyAuthenticator } from '@nats-io/transport-node';
import {
  inboxPrefixOf,
  type Member,
  type Role,
} from '../../../../src/adapters/nats/access/member.ts';
import { newUserKey } from '../../../../src/adapters/nats/access/nkeys.ts';
import { accessConfig } from '../../../../src/adapters/nats/access/server-config.ts';
import { openNatsStore } from '../../../../src/adapters/nats/store.ts';
import { Namespace } from '../../../../src/domain/identity/names.ts';
import { type ConfiguredServer, startConfigured } from '../../nats/support/configured-server.ts';

/** The members of a test and their secrets. */
export class FleetAccess {
  readonly namespace = Namespace.parse('fleet');
  readonly members: Member[] = [];
  readonly #seeds = new Map<string, string>();
  readonly #system = newUserKey();

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

  config = (storeDir: string): string =>
    `jetstream { store_dir: "${storeDir}" }\n${accessConfig(this.members, [this.#system.key])}`;

  loginOf(member: Member) {
    const [key = ''] = member.keys;
    return {
      credentials: { nkeySeed: this.#seeds.get(key) ?? '' },
      inboxPrefix: inboxPrefixOf(member),
    };
  }

  async connect({ url }: Pick<ConfiguredServer, 'url'>, member: Member): Promise<NatsConnection> {
    const { credentials, inboxPrefix } = this.loginOf(member);
    return connect({
      servers: url,
      inboxPrefix,
      name: `attacker ${member.role}`,
      authenticator: nkeyAuthenticator(new TextEncoder().encode(credentials.nkeySeed)),
      maxReconnectAttempts: 3,
    });
  }

  open({ url }: Pick<ConfiguredServer, 'url'>, member: Member, create = false) {
    return openNatsStore({
      servers: [url],
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
  async start(): Promise<ConfiguredServer> {
    const deploy = this.members.find(({ role }) => role === 'deploy') ?? this.add('deploy', 'd');
    const server = await startConfigured(this.config);
    await using _streams = await this.open(server, deploy, true);
    return server;
  }
}
