import { randomBytes } from 'node:crypto';

/** A user of the server, in the words of the client's `connect`. */
export type Login = { user: string; pass: string };

/** The users of one start: of the fleet's account, and of the system account. */
export type Logins = { app: Login; system: Login };

/** How a server takes its part in a cluster. */
export type ClusterMember = {
  name: string;
  /** The name under which its peers know it, also after a restart. */
  serverName: string;
  port: number;
  /** The cluster ports of all members, its own among them. */
  peers: readonly number[];
  /** Shared by the members, so that nobody else on the machine can join. */
  secret: string;
  /** Whether clients are told of the other members. */
  advertise: boolean;
  /** `host:port` under which the members tell each other of this one; default: where it listens. */
  toldAs?: string;
};

/** When a write reaches the disk: before it is acknowledged, or within two minutes. */
export type SyncInterval = 'always' | '2m';

export type ServerSettings = {
  host: string;
  /** 0: the server takes a free one. */
  port: number;
  /** Holds the streams, the log, and the file that says which ports were taken. */
  storeDir: string;
  logins: Logins;
  syncInterval?: SyncInterval | undefined;
  cluster?: ClusterMember | undefined;
};

/** Passwords made up for one start; on loopback nobody has to know them. */
export function newLogins(): Logins {
  const login = (user: string) => ({ user, pass: randomBytes(18).toString('base64url') });
  return { app: login('app'), system: login('sys') };
}

/** Whether only this machine can reach a server that listens there. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d+){3}$/.test(host);
}

/**
 * The configuration of an embedded server.
 *
 * - Clients live in the account APP, which imports its own disconnect advisories: that is how a
 *   killed process is noticed within milliseconds. With a user named explicitly the system account
 *   stays closed. On loopback a client needs no credentials.
 * - `ping_interval` × (`ping_max` + 1): a peer that vanished without closing its connection (power,
 *   cable, SIGSTOP) is closed, and so announced, after 6 s; the defaults need 4 to 6 minutes.
 * - `sync_interval: always`: acknowledged is on disk. Writes taken back by a power cut would make
 *   terms and tokens repeat (docs/adr/0003-embedded-server.md has what it costs).
 * - The limits keep a runaway audit from filling the disk: at `max_file_store` the server refuses
 *   writes with an error of its own, where a full disk would end in timeouts and a restart.
 */
export function serverConfig(settings: ServerSettings): string {
  const { host, port, storeDir, logins, cluster, syncInterval = 'always' } = settings;
  return `# Written at every start of the embedded server; changes are lost.
host: ${text(host)}
port: ${port === 0 ? -1 : port}
${cluster === undefined ? '' : `server_name: ${text(cluster.serverName)}\n`}ports_file_dir: ${text(storeDir)}
log_file: ${text(logFile(storeDir))}
logfile_size_limit: 16MB
logfile_max_num: 3
ping_interval: "2s"
ping_max: 2
jetstream {
  store_dir: ${text(storeDir)}
  max_memory_store: 256MB
  max_file_store: 4GB
  sync_interval: ${syncInterval}
}
accounts {
  SYS {
    users: [{ user: sys, password: ${text(logins.system.pass)} }]
    exports: [{ stream: "$SYS.ACCOUNT.*.DISCONNECT", account_token_position: 3 }]
  }
  APP {
    jetstream: enabled
    users: [{ user: app, password: ${text(logins.app.pass)} }]
    imports: [{ stream: { account: SYS, subject: "$SYS.ACCOUNT.APP.DISCONNECT" } }]
  }
}
system_account: SYS
${isLoopback(host) ? 'no_auth_user: app\n' : ''}${cluster === undefined ? '' : clusterBlock(host, cluster)}`;
}

export function logFile(storeDir: string): string {
  return `${storeDir}/nats-server.log`;
}

function clusterBlock(host: string, member: ClusterMember): string {
  const { name, port, peers, secret, advertise, toldAs } = member;
  const routes = peers.map((peer) => text(`nats://route:${secret}@${host}:${peer}`));
  return `cluster {
  name: ${text(name)}
  host: ${text(host)}
  port: ${port}
${toldAs === undefined ? '' : `  advertise: ${text(toldAs)}\n`}  no_advertise: ${!advertise}
  authorization { user: route, password: ${text(secret)} }
  routes: [${routes.join(', ')}]
}
`;
}

/** A string as the configuration language reads it; it knows JSON's escapes of these two. */
function text(value: string): string {
  return `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}
