import { startMetrics, unasked } from '../../composition/metrics-endpoint.ts';
import { noopMetrics } from '../../ports/metrics.ts';
import type { metrics } from '../command/settings/metrics.ts';
import type { Values } from '../command/settings/setting.ts';
import { version } from '../command/version.ts';
import { escapeControls } from '../terminal/escape-terminal.ts';
import type { Terminal } from '../terminal/io.ts';

/**
 * The metrics of a long-running command, its readiness, and their endpoint. Opened first, so that a port that is in use
 * ends the command before it does anything.
 * @throws {Fault} `port-taken`, `bad-setting`
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
  const started = await startMetrics(at, version());
  if (!json) io.err(io.palette.dim(`metrics at ${escapeControls(started.url)}`));
  return started;
}
