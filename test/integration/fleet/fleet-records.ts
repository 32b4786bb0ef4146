import { setTimeout as pause } from 'node:timers/promises';
import type { AuditEvent } from '../../../src/domain/events/event-schema.ts';
import type { RunRef } from '../../../src/domain/identity/names.ts';
import { readBrake } from '../../../src/domain/records/stored-record.ts';
import type { openStore, portsOf } from '../../../tools/bench/environment/access.ts';

type Ports = ReturnType<typeof portsOf>;

export const readZone = async ({ registry }: Ports) => readBrake(await registry.read('brake.a'));

export async function untilBraked(ports: Ports, signal: AbortSignal) {
  for (;;) {
    const brake = await readZone(ports);
    if (brake.kind === 'stored') {
      const { seen, suspect } = brake.record;
      return { seen, suspect };
    }
    await pause(50, undefined, { signal });
  }
}

export const brakeOf = ({ record }: AuditEvent) => ({
  zone: String(record?.['zone']),
  seen: Number(record?.['seen']),
  suspect: Number(record?.['suspect']),
});

/** Waits until the registry has no record of these. */
export async function gone(
  runs: readonly RunRef[],
  ports: Ports,
  signal: AbortSignal,
): Promise<void> {
  const [host] = runs.map((run) => run.host);
  for (;;) {
    const entries = await ports.registry.list([`agent.${host}.*`, `instance.${host}.>`], 0);
    if (!entries.some(({ text }) => text !== undefined)) return;
    await pause(250, undefined, { signal });
  }
}

export async function countLive(runs: readonly RunRef[], { registry }: Ports): Promise<number> {
  const wanted = new Set<string>(runs.map(({ run }) => run));
  let live = 0;
  for (const { text } of await registry.list(['agent.>'], 0)) {
    const record = text === undefined ? undefined : JSON.parse(text);
    if (wanted.has(record?.run) && record.phase === 'live' && !record.suspect) live += 1;
  }
  return live;
}

/** The last sequence of the registry's stream. */
export async function registrySize({ audit }: Awaited<ReturnType<typeof openStore>>) {
  let upTo = 0;
  const { last } = await audit.range();
  for await (const { origin } of audit.read(last)) upTo = origin;
  return { upTo };
}
