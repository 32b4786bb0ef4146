import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, type TestContext } from 'vitest';
import { parse, stringify } from 'yaml';
import { freePorts } from '../../../../tools/bench/environment/free-ports.ts';
import { programFor } from '../../harness/programs.ts';
import { runProgram } from '../../harness/run-program.ts';
import { until } from '../../harness/until.ts';
import type { Runbook } from './runbook.ts';

interface Alert {
  readonly state: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** A real Prometheus that evaluates the alerts of deploy/prometheus. */
export interface Alerts extends AsyncDisposable {
  /** Waits until this alert fires; it must be named by the runbook, and lead to it. */
  fires(name: string, runbook: Runbook, within?: number): Promise<Alert>;
  /** Waits until it does not fire any more. */
  rests(name: string, within?: number): Promise<void>;
  /** The answer to a query, one number for each series. */
  query(expr: string): Promise<readonly number[]>;
}

/** Alerts that one fault has as well as another one. */
const shared = new Set(['RollcallLeaseLapsed']);

const rules = new URL('../../../../deploy/prometheus/rollcall-alerts.yaml', import.meta.url);

/** The alerts as they are, except that each fires after a second instead of minutes. */
async function impatientRules(): Promise<string> {
  const { groups } = parse(await readFile(rules, 'utf8')) as {
    groups: { rules: { for?: string }[] }[];
  };
  for (const rule of groups.flatMap((group) => group.rules)) {
    if (rule.for !== undefined) rule.for = '1s';
  }
  return stringify({ groups });
}

/** Starts one that scrapes these ports each second. Skips the test if there is no Prometheus. */
export async function startAlerts(
  context: Pick<TestContext, 'skip'>,
  ports: readonly number[],
): Promise<Alerts> {
  const program = await programFor(context, 'prometheus');
  await using opened = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'rollcall-alerts-'));
  opened.defer(() => rm(folder, { recursive: true, force: true, maxRetries: 20 }));
  const [listen = 0] = await freePorts(1);
  await writeFile(join(folder, 'rules.yaml'), await impatientRules());
  const targets = ports.map((port) => `127.0.0.1:${port}`);
  const config = {
    global: { scrape_interval: '1s', evaluation_interval: '1s' },
    rule_files: [join(folder, 'rules.yaml')],
    scrape_configs: [{ job_name: 'rollcall', static_configs: [{ targets }] }],
  };
  await writeFile(join(folder, 'prometheus.yml'), stringify(config));
  const prometheus = opened.use(
    runProgram(program, [
      `--config.file=${join(folder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${listen}`,
    ]),
  );
  const ask = async <T>(path: string): Promise<T | undefined> => {
    const answer = await fetch(`http://127.0.0.1:${listen}/api/v1/${path}`).catch(() => undefined);
    return answer?.ok ? ((await answer.json()) as { data: T }).data : undefined;
  };
  const firing = async (name: string) => {
    const answer = await ask<{ alerts: readonly Alert[] }>('alerts');
    if (answer === undefined) throw new Error(`Prometheus does not answer: ${prometheus.output}`);
    return answer.alerts.find((one) => one.labels['alertname'] === name && one.state === 'firing');
  };
  await until('Prometheus answers', async () => (await ask('alerts')) !== undefined, 60_000);
  const closing = opened.move();
  return {
    fires: async (name, { text, link }, within = 90_000) => {
      expect(text).toContain(name);
      const alert = await until(`${name} fires`, () => firing(name), within);
      if (!shared.has(name)) expect(alert.annotations['runbook']).toBe(link);
      return alert;
    },
    rests: (name, within = 90_000) =>
      until(`${name} rests`, async () => (await firing(name)) === undefined, within).then(() => {}),
    query: async (expr) => {
      const answer = await ask<{ result: { value: [number, string] }[] }>(
        `query?query=${encodeURIComponent(expr)}`,
      );
      return (answer?.result ?? []).map(({ value: [, number] }) => Number(number));
    },
    [Symbol.asyncDispose]: () => closing.disposeAsync(),
  };
}
