import { setTimeout as pause } from 'node:timers/promises';
import { systemEntropy } from '../../../src/adapters/system/entropy.ts';
import { pickOne } from '../../../src/domain/fleet/pick.ts';
import type { TestFleet } from './fleet.ts';

/** A failed request: when it was sent and why it failed. */
interface FailedRequest {
  readonly sentAt: number;
  readonly why: string;
}

export interface RequestLoad {
  readonly sent: number;
  /** How often no instance could be used. */
  readonly none: number;
  readonly failed: readonly FailedRequest[];
  /** Sends no more, and waits for the answers. */
  stop(): Promise<void>;
}

/** Sends 200 requests a second to what a consumer picks of the service, each on its own connection. */
export function startRequests(fleet: TestFleet, service: string): RequestLoad {
  const counts = { sent: 0, none: 0 };
  const failed: FailedRequest[] = [];
  const open = new Set<Promise<void>>();
  const over = new AbortController();
  const send = async (): Promise<void> => {
    counts.sent += 1;
    const sentAt = performance.now();
    const picked = pickOne(
      fleet.directory.usable(service, 'prefer-live'),
      systemEntropy.fraction(),
    );
    if (!picked) {
      counts.none += 1;
      return;
    }
    try {
      const response = await fetch(`http://127.0.0.1:${picked.port}/`, {
        headers: { connection: 'close' },
        signal: AbortSignal.timeout(5000),
      });
      await response.text();
    } catch (cause) {
      failed.push({ sentAt, why: `${picked.id} ${picked.state}: ${cause}` });
    }
  };
  const sending = (async () => {
    while (!over.signal.aborted) {
      const one = send();
      open.add(one);
      void one.finally(() => open.delete(one));
      await pause(5);
    }
    await Promise.all(open);
  })();
  return {
    get sent() {
      return counts.sent;
    },
    get none() {
      return counts.none;
    },
    failed,
    async stop() {
      over.abort();
      await sending;
    },
  };
}
