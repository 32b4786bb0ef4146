import { randomBytes } from 'node:crypto';

/** A user of the server, in the form of the client's `connect` options. */
export type Login = { user: string; pass: string };

/** The users of one server start: of the fleet's account and of the system account. */
export type Logins = { app: Login; system: Login };

/** A server's membership in a cluster. */
export type ClusterMember = {
  name: string;
  /** The server's name in the cluster; the same after a restart. */
  serverName: string;
  port: number;
  /** The cluster ports of all members, including its own. */
  peers: readonly number[];
  /** Shared by the members, so that no other process on the machine can join. */
  secret: string;
  /** Whether clients learn the addresses of the other members. */
  advertise: boolean;
  /** `host:port` of this server as the members advertise it; by default where it listens. */
  toldAs?: string;
};

/** When a write is synced to disk: before its acknowledgement, or within two minutes. */
export type SyncInterval = 'always' | '2m';

/** As `ping_interval` of nats-server. */
export type PingInterval = '2s' | '10s';

export type ServerSettings = {
  host: string;
  /** 0: the server chooses a free port. */
  port: number;
  /** Directory of the streams, the log and the ports file. */
  storeDir: string;
  logins: Logins;
  syncInterval?: SyncInterval | undefined;
  /** How often the server pings a connection. Each ping costs server and client: 10 s for ten thousand of them. */
  pingInterval?: PingInterval | undefined;
  cluster?: ClusterMember | undefined;
  /** Whether clients on this machine need the login too. */
  needsLogin?: boolean | undefined;
  /** File with the accounts and users, in place of the usual ones; relative to the store. */
  accounts?: string | undefined;
  /** File with the block `tls`, relative to the store; undefined: no TLS. */
  tls?: string | undefined;
};

/** Random passwords for one start. */
export function newLogins(): Logins {
  const login = (user: string) => ({ user, pass: randomBytes(18).toString('base64url') });
  return { app: login('app'), system: login('sys') };
}

/** Whether only this machine can reach a server that listens on `host`. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d+){3}$/.test(host);
}

/**
 * The configuration of an embedded server.
 *
 * - Clients use the account APP, which imports its own disconnect advisories, so that a killed process
 *   is detected within milliseconds. The system account has a user with a password, so it is not open.
 *   On loopback a client needs no credentials, unless `needsLogin` is set.
 * - `ping_interval` × (`ping_max` + 1): a peer that vanished without closing its connection (power or
 *   network failure, SIGSTOP) is disconnected and reported after 6 s; the defaults take 4 to 6 minutes.
 * - `sync_interval: always`: acknowledged writes are on disk. If a power failure undid writes, terms and
 *   tokens would repeat (docs/adr/0003-embedded-server.md shows the cost).
 * - The limits prevent an audit from filling the disk: at `max_file_store` the server refuses writes
 *   with a specific error; a full disk would cause timeouts and a restart.
 */
export function serverConfig(settings: ServerSettings): string {
  const { host, port, storeDir, logins, cluster, needsLogin, accounts, tls } = settings;
  const { syncInterval = 'always', pingInterval = '2s' } = settings;
  return `# Generated at each start of the embedded server; changes are overwritten.
host: ${text(host)}
port: ${port === 0 ? -1 : port}
${cluster === undefined ? '' : `server_name: ${text(cluster.serverName)}\n`}ports_file_dir: ${text(storeDir)}
log_file: ${text(logFile(storeDir))}
logfile_size_limit: 16MB
logfile_max_num: 3
ping_interval: ${text(pingInterval)}
ping_max: 2
jetstream {
  store_dir: ${text(storeDir)}
  max_memory_store: 256MB
  max_file_store: 4GB
  sync_interval: ${text(syncInterval)}
}
${accounts === undefined ? usualAccounts(logins) : `include ${text(accounts)}\n`}${
  isLoopback(host) && !needsLogin && accounts === undefined ? 'no_auth_user: app\n' : ''
}${tls === undefined ? '' : `include ${text(tls)}\n`}${cluster === undefined ? '' : clusterBlock(host, cluster)}`;
}

const usualAccounts = (logins: Logins): string => `accounts {
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
`;

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

/** Quotes a string for the configuration language, which has JSON's escapes of these two characters. */
function text(value: string): string {
  return `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`;
}
