import type { Disk } from '../faults/disk.ts';

/** How a server is at the moment: only a `well` one takes its clients anywhere. */
export type Condition = 'well' | 'down' | 'frozen' | 'isolated';

/** One of three servers, and what can be done to it. Its store outlives all of it. */
export interface ChaosServer {
  /** As the cluster calls it. */
  readonly name: string;
  /** Where it is reached from here; the same over every restart. */
  readonly port: number;
  readonly disk: Disk;
  readonly condition: Condition;
  /** SIGKILL. */
  kill(): Promise<void>;
  /** Politely. */
  stop(): Promise<void>;
  start(): Promise<void>;
  freeze(): Promise<void>;
  thaw(): Promise<void>;
  /** From the other servers; its clients still reach it. */
  isolate(): Promise<void>;
  rejoin(): Promise<void>;
}

/** Three servers that form a cluster, as processes or in containers. */
export interface ChaosServers extends AsyncDisposable {
  readonly kind: 'processes' | 'containers';
  readonly nodes: readonly ChaosServer[];
  /** The name of the server that leads the cluster itself, as any of them tells. */
  metaLeader(): Promise<string | undefined>;
}
