import { setTimeout as pause } from 'node:timers/promises';
import type { LeasePolicy } from '../../../../src/domain/policy/lease-policy.ts';
import { type Millis, type MonotonicTime, seconds } from '../../../../src/domain/time.ts';
import type { BenchmarkNamespace } from '../../fixture/benchmark-namespace.ts';
import type { BenchHaproxy } from '../../fixture/haproxy.ts';
import type { Worker } from '../../processes/worker.ts';

/** Longest time until HAProxy changes: twice 500 ms for its checks, the ttl and the drain for the driver. */
const changesWithin: Millis = seconds(20);

/** A service that both backends of HAProxy use. */
export interface BalancedService {
  readonly worker: Worker<'keep-service'>;
  readonly port: number;
  /** From its registration to a ready server of the driver. */
  readonly added: Millis;
  /** Its servers in both backends. */
  servers(): ReturnType<BenchHaproxy['servers']>;
  /** Waits until the driver has no server with its port. */
  isFree(): Promise<void>;
}

/** Starts a service, puts it into this server of `checks`, and waits until both backends use it. */
export async function startService(
  service: {
    readonly name: string;
    readonly slot: number;
    readonly lease: LeasePolicy;
    readonly drainFor: Millis;
  },
  haproxy: BenchHaproxy,
  { start, signal }: BenchmarkNamespace,
): Promise<BalancedService> {
  const { name, slot, lease, drainFor } = service;
  const worker = await start('keep-service', { name, service: 'web', lease, drainFor });
  const registeredAt = performance.now();
  const { port } = worker.answer;
  const servers = async () => {
    const all = await haproxy.servers();
    return all.filter((one) => one['srv_port'] === `${port}`);
  };
  const filledAt = await becomesReady(port, 'driver', haproxy, signal);
  const server = `checks/s${slot}`;
  await haproxy.run(
    `set server ${server} addr 127.0.0.1 port ${port}`,
    `set server ${server} state ready`,
  );
  await when(async () => (await servers()).every((one) => one['srv_op_state'] === '2'), signal);
  const isFree = async () => {
    const isUsed = async () => (await servers()).some((one) => one['be_name'] === 'driver');
    await when(async () => !(await isUsed()), signal);
  };
  return { worker, port, servers, isFree, added: filledAt - registeredAt };
}

/** When the server of this backend with this port takes requests. */
export const becomesReady = (
  port: number,
  backend: string,
  haproxy: BenchHaproxy,
  signal: AbortSignal,
): Promise<MonotonicTime> =>
  when(async () => {
    const all = await haproxy.servers().catch(() => []);
    return all.some(
      (one) =>
        one['be_name'] === backend && one['srv_port'] === `${port}` && administrationOf(one) === 0,
    );
  }, signal);

/** Bits 1 (maintenance) and 8 (drain) of the administrative state. */
export const administrationOf = (server: Readonly<Record<string, string>>): number =>
  Number(server['srv_admin_state']) & 9;

/** The moment at which `look` is true, asked every 2 ms. */
export async function when(
  look: () => Promise<boolean>,
  signal: AbortSignal,
): Promise<MonotonicTime> {
  const end = performance.now() + changesWithin;
  while (!(await look())) {
    if (performance.now() > end) throw new Error(`HAProxy did not change in ${changesWithin} ms`);
    await pause(2, undefined, { signal });
  }
  return performance.now();
}
