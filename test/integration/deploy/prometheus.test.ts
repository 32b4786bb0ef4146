import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { freePorts } from '../../../tools/bench/environment/free-ports.ts';
import { programFor } from '../harness/programs.ts';
import { runProgram } from '../harness/run-program.ts';
import { until } from '../harness/until.ts';
import { withServer } from '../harness/with-server.ts';

const world = withServer();
const fileOf = (path: string) => fileURLToPath(new URL(`../../../${path}`, import.meta.url));

interface Panel {
  readonly title: string;
  readonly targets?: readonly { readonly expr: string }[];
}

/** Panels whose metrics have no data here: there are no doors, drivers, HAProxy, anchors, zones, logins, losses or failures. */
const empty = new Set([
  ...['Kept services', 'Answers', 'Records left out', 'Instances handed out'],
  ...['Servers of HAProxy', 'Detection latency', 'Suspect runs of each zone', 'Runs held back'],
  ...['Time until logins expire', 'Endpoints that cannot be opened'],
  ...['Lost agents', 'Lost instances', 'Instances files with an error'],
]);

test('a real Prometheus loads the alerts, and answers each query of the Grafana dashboard with data', async (context) => {
  const program = await programFor(context, 'prometheus');
  const folder = await mkdtemp(join(tmpdir(), 'rollcall-prometheus-'));
  try {
    await using fleet = await world.fleet();
    const [metrics = 0, listen = 0] = await freePorts(2);
    const times = ['--ttl', '5s', '--grace', '5s', '--metrics', `${metrics}`];
    const up = fleet.start(['collector', '--host', 'h1', ...times]);
    await up.ready;
    const file = join(folder, 'prometheus.yml');
    const job = { job_name: 'rollcall', static_configs: [{ targets: [`127.0.0.1:${metrics}`] }] };
    await writeFile(
      file,
      JSON.stringify({
        global: { scrape_interval: '1s', evaluation_interval: '1s' },
        rule_files: [fileOf('deploy/prometheus/rollcall-alerts.yaml')],
        scrape_configs: [job],
      }),
    );
    await using prometheus = runProgram(program, [
      `--config.file=${file}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${listen}`,
    ]);
    const ask = async (path: string) => {
      const response = await fetch(`http://127.0.0.1:${listen}/api/v1/${path}`).catch(() => null);
      return (response?.ok ? response.json() : undefined) as Promise<
        { status: string; data: never } | undefined
      >;
    };
    const query = (expr: string) => ask(`query?query=${encodeURIComponent(expr)}`);
    const seats = async () => {
      const answer = await query('sum(rate(rollcall_renewals_total[1m]))');
      return ((answer?.data as { result?: unknown[] } | undefined)?.result?.length ?? 0) > 0;
    };
    await until('Prometheus has rates of the collector', seats, 90_000).catch((cause) => {
      throw new Error(prometheus.output, { cause });
    });
    const health = async () => {
      const answer = await ask('rules');
      const { groups } = (answer?.data ?? { groups: [] }) as {
        groups: { rules: { health: string }[] }[];
      };
      return groups.flatMap(({ rules }) => rules.map((rule) => rule.health));
    };
    await until('each alert was evaluated', async () => !(await health()).includes('unknown'));
    expect(new Set(await health())).toEqual(new Set(['ok']));

    const dashboard = JSON.parse(
      await readFile(fileOf('docs/reference/grafana-rollcall.json'), 'utf8'),
    );
    const withoutData: (readonly [title: string, asked: string])[] = [];
    for (const { title, targets = [] } of dashboard.panels as Panel[]) {
      for (const { expr } of targets) {
        const asked = expr
          .replaceAll('$job', 'rollcall')
          .replaceAll('$instance', '.*')
          .replaceAll('$__rate_interval', '1m');
        const answer = await query(asked);
        expect([title, answer?.status]).toEqual([title, 'success']);
        const { result } = (answer?.data ?? { result: [] }) as { result: readonly unknown[] };
        if (!empty.has(title) && result.length === 0) withoutData.push([title, asked]);
      }
    }
    expect(withoutData).toEqual([]);
  } finally {
    await rm(folder, { recursive: true, force: true, maxRetries: 20 });
  }
}, 300_000);
