import { startMetrics } from '../../composition/metrics-endpoint.ts';
import { noopMetrics } from '../../ports/metrics.ts';
import type { metrics } from '../command/settings/metrics.ts';
import type { Values } from '../command/settings/setting.ts';
import { escapeControls } from '../terminal/escape-terminal.ts';
import type { Terminal } from '../terminal/io.ts';

/**
 * The metrics of a command that runs for long, and where they are read; opened before anything else, so
 * that a port which is taken ends the command before it has done anything.
 * @throws {Fault} `port-taken`, `bad-setting`
 */
export async function openMetrics(
  { metrics: at, json }: Values<typeof metrics> & { readonly json: boolean },
  io: Terminal,
) {
  if (!at) return { metrics: noopMetrics, url: null, async [Symbol.asyncDispose]() {} };
  const started = await startMetrics(at);
  if (!json) io.err(io.palette.dim(`metrics at ${escapeControls(started.url)}`));
  return started;
}
