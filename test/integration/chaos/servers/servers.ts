import type { Disk } from '../faults/disk.ts';

/** The present state of a server; only a `well` one serves its clients. */
export type Condition = 'well' | 'down' | 'frozen' | 'isolated';

/** One of three servers and the faults that apply to it. Its store survives all of them. */
export interface ChaosServer {
  /** The name in the cluster. */
  readonly name: string;
  /** The address for this process; stays the same over restarts. */
  readonly port: number;
  readonly disk: Disk;
  readonly condition: Condition;
  /** SIGKILL. */
  kill(): Promise<void>;
  /** SIGTERM. */
  stop(): Promise<void>;
  start(): Promise<void>;
  freeze(): Promise<void>;
  thaw(): Promise<void>;
  /** Isolates it from the other servers; its clients still reach it. */
  isolate(): Promise<void>;
  rejoin(): Promise<void>;
}

/** Three servers that form a cluster, as processes or in containers. */
export interface ChaosServers extends AsyncDisposable {
  readonly kind: 'processes' | 'containers';
  readonly nodes: readonly ChaosServer[];
  /** The name of the meta leader of the cluster, from any server. */
  metaLeader(): Promise<string | undefined>;
}
