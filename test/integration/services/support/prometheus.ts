import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { freePorts } from '../../../../tools/bench/environment/free-ports.ts';
import { codeBlock } from '../../harness/code-block.ts';
import type { Program } from '../../harness/programs.ts';
import { runProgram } from '../../harness/run-program.ts';

interface Target {
  readonly labels: { readonly instance: string };
  readonly discoveredLabels: Readonly<Record<string, string>>;
  readonly health: string;
}

/** Prometheus with the configuration of the documentation, which asks this port twice a second. */
export interface TestPrometheus extends AsyncDisposable {
  readonly output: string;
  targets(): Promise<readonly Target[]>;
  /** Each target and its health: `1,up 2,down`. */
  health(): Promise<string>;
  /** How often it asked for targets in vain. */
  failures(): Promise<number>;
}

export async function startPrometheus(
  program: Program,
  folder: string,
  servePort: number,
): Promise<TestPrometheus> {
  const [port = 0] = await freePorts(1);
  const config = join(folder, 'prometheus.yml');
  const documented = await codeBlock('docs/how-to/prometheus-targets.md', 'yaml');
  const short = 'global: { scrape_interval: 500ms, scrape_timeout: 400ms }\n';
  const asked = documented
    .replace('8601', `${servePort}`)
    .replace('refresh_interval: 10s', 'refresh_interval: 500ms');
  await writeFile(config, short + asked);
  const running = runProgram(program, [
    ...[`--config.file=${config}`, `--storage.tsdb.path=${join(folder, 'data')}`],
    `--web.listen-address=127.0.0.1:${port}`,
  ]);
  const ask = async (path: string) => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`).catch(() => undefined);
    return response?.ok ? response : undefined;
  };
  const targets = async () => {
    const answer = await ask('/api/v1/targets?state=active');
    const body = (await answer?.json()) as { data: { activeTargets: Target[] } } | undefined;
    return (body?.data.activeTargets ?? []).toSorted((a, b) =>
      a.labels.instance < b.labels.instance ? -1 : 1,
    );
  };
  return {
    get output() {
      return running.output;
    },
    targets,
    health: async () =>
      (await targets()).map((one) => `${one.labels.instance},${one.health}`).join(' '),
    failures: async () => {
      const text = (await (await ask('/metrics'))?.text()) ?? '';
      return Number(/^prometheus_sd_http_failures_total (\d+)/m.exec(text)?.[1] ?? 0);
    },
    [Symbol.asyncDispose]: () => running[Symbol.asyncDispose](),
  };
}
