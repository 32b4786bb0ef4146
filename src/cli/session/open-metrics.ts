import { startMetrics, unasked } from '../../composition/metrics-endpoint.ts';
import { noopMetrics } from '../../ports/metrics.ts';
import type { metrics } from '../command/settings/metrics.ts';
import type { Values } from '../command/settings/setting.ts';
import { version } from '../command/version.ts';
import { endpointLines } from '../terminal/endpoint-lines.ts';
import type { Terminal } from '../terminal/io.ts';

/**
 * The metrics of a long-running command, its readiness, and their endpoint. A port that is in use does not keep the
 * command from its work: it is tried again. `url` is null until it is open.
 */
export async function openMetrics(
  { metrics: at, json }: Values<typeof metrics> & { readonly json: boolean },
  io: Terminal,
) {
  if (!at)
    return {
      metrics: noopMetrics,
      readiness: unasked(),
      url: null,
      async [Symbol.asyncDispose]() {},
    };
  const events = endpointLines('metrics', json, io);
  const { endpoint, ...started } = await startMetrics(at, version(), events);
  return {
    ...started,
    get url() {
      return endpoint.url ?? null;
    },
    [Symbol.asyncDispose]: () => endpoint[Symbol.asyncDispose](),
  };
}
