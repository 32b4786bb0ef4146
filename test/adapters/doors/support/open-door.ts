import {
  type HttpDoorOptions,
  openHttpDoor,
} from '../../../../src/adapters/doors/http/http-door.ts';
import { systemClock } from '../../../../src/adapters/system/clock.ts';
import { DurationOrMillis } from '../../../../src/composition/time/duration.ts';
import { noopMetrics } from '../../../../src/ports/metrics.ts';
import { FakeView } from './fake-view.ts';

/** An HTTP door on a free port of loopback, and the view behind it. */
export async function openDoor(more: Partial<HttpDoorOptions> = {}) {
  const view = new FakeView();
  const door = await openHttpDoor(
    {
      ...{ host: '127.0.0.1', port: 0, view, policy: 'prefer-live', duration: DurationOrMillis },
      ...{ boot: 'boot0000', names: [], token: undefined, ...more },
    },
    {
      clock: systemClock,
      entropy: { fraction: () => 0, runId: () => 'run00000' } as never,
      log: { debug() {}, info() {}, warn() {} },
      metrics: noopMetrics,
    },
  );
  const get = async (path: string, init: RequestInit = {}) => {
    const response = await fetch(door.url + path, init);
    const text = await response.text();
    const body = text === '' ? undefined : JSON.parse(text);
    return { status: response.status, headers: response.headers, body };
  };
  return {
    ...{ view, get, url: door.url },
    [Symbol.asyncDispose]: () => door[Symbol.asyncDispose](),
  };
}
