import type { ApiHeartbeat } from '../../../../src/dashboard/api-types.ts';
import type { OpenDirectory } from '../../../../src/library/directory-types.ts';
import { openDirectory } from '../../../../src/library/open-directory.ts';
import type { StoreOptions } from '../../../../src/library/open-ports.ts';
import { type RollcallProcess, rollcall, uiToken } from '../../harness/processes.ts';
import { until } from '../../harness/until.ts';

/** How each process reaches the store: flags of a command, and options of the library. */
export interface Way {
  readonly flags: readonly string[];
  readonly options: StoreOptions;
  /** Where the processes keep their state. */
  readonly stateHome: string;
}

/** An agent, a wrapped process, a collector, a dashboard and a consumer of one fleet. */
export interface EveryProcess extends AsyncDisposable {
  readonly agent: RollcallProcess;
  readonly run: RollcallProcess;
  readonly collector: RollcallProcess;
  readonly ui: RollcallProcess;
  readonly directory: OpenDirectory;
  /** The process that `run` wraps. */
  readonly child: number;
  /** The states of both instances as the consumer sees them. */
  states(): readonly (string | undefined)[];
  /** The runs of both instances. */
  runs(): readonly (string | undefined)[];
  /** What the dashboard tells browsers of its store now. */
  mark(): Promise<ApiHeartbeat>;
  /** What all processes wrote to stderr. */
  stderrs(): readonly string[];
}

/** What the dashboard at this address tells a browser first. */
async function markOf(url: string): Promise<ApiHeartbeat> {
  const headers = { authorization: `Bearer ${uiToken}` };
  const { body } = await fetch(new URL('/api/stream', url), { headers });
  let text = '';
  for await (const piece of body ?? []) {
    text += new TextDecoder().decode(piece);
    const [, data] = /^event: mark(?:.|\n)*?^data: (.*)$/m.exec(text) ?? [];
    if (data !== undefined) return JSON.parse(data);
  }
  throw new Error(`the dashboard sent no mark: ${text}`);
}

/** Starts them all, and waits until both instances are live. */
export async function startEveryProcess(
  { flags, options, stateHome }: Way,
  times: readonly string[] = ['--ttl', '3s', '--grace', '3s'],
): Promise<EveryProcess> {
  await using opened = new AsyncDisposableStack();
  const start = (command: string, ...args: readonly string[]) =>
    opened.use(
      rollcall([command, ...flags, '--json', ...args], {
        XDG_STATE_HOME: `${stateHome}/${command}`,
      }),
    );
  const collector = start('collector', '--host', 'h2', ...times);
  await collector.ready;
  const agent = start(
    'agent',
    '--host',
    'h1',
    '--name',
    'shop',
    '--api',
    '127.0.0.1:0',
    '--metrics',
    '0',
    ...times,
  );
  const script = 'echo "{\\"event\\":\\"pid\\",\\"pid\\":$$}"; exec sleep 600';
  const wrapped = ['--host', 'h1', '--service', 'job', '--id', 'j', '--drain', '0s', ...times];
  const run = start('run', ...wrapped, '--', 'bash', '-c', script);
  const ui = start('ui', '--port', '0');
  const { api } = await agent.ready;
  const registered = await fetch(`${api}/v1/instances/web/w`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: '{}',
  });
  if (!registered.ok) throw new Error(`the local API answered ${registered.status}`);
  const directory = opened.use(await openDirectory({ ...options, seatsEvery: '500ms' }));
  const rows = () => ['web', 'job'].map((service) => directory.instances(service)[0]);
  const states = () => rows().map((row) => row?.state);
  await until('both instances are live', () => states().every((state) => state === 'live'));
  const child = Number((await run.line(({ event }) => event === 'pid'))['pid']);
  const { dashboard } = await ui.ready;
  const closing = opened.move();
  return {
    ...{ agent, run, collector, ui, directory, child, states },
    runs: () => rows().map((row) => row?.run),
    mark: () => markOf(String(dashboard)),
    stderrs: () => [agent, run, collector, ui].map(({ stderr }) => stderr),
    [Symbol.asyncDispose]: () => closing.disposeAsync(),
  };
}
