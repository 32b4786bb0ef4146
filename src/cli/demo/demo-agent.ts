import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Fault } from '../../domain/fault.ts';
import type { InstanceSpec } from '../../domain/records/desired-instances.ts';
import { formatSetting } from '../terminal/format-time.ts';

/** An agent of the demonstration, and its instance. */
export interface Part {
  readonly host: string;
  readonly name: string;
  readonly service: string;
  readonly port: number;
}

export interface Setting {
  readonly self: readonly [node: string, script: string];
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly servers: string;
  readonly namespace: string;
  readonly directory: string;
  readonly ttl: number;
  readonly grace: number;
}

/** An agent of the demonstration, in its own process. */
export class DemoAgent {
  readonly part: Part;
  readonly #child: ChildProcess;
  readonly #ready = Promise.withResolvers<{ run: string }>();
  readonly #exit: Promise<number | null>;
  #errors = '';

  static async start(part: Part, setting: Setting): Promise<DemoAgent> {
    const file = join(setting.directory, `${part.host}-${part.name}.json`);
    const { service, port } = part;
    const instance: Pick<InstanceSpec, 'port'> & { service: string; id: string; address: string } =
      {
        ...{ service, id: part.host, address: `${part.host}.example`, port },
      };
    await writeFile(file, JSON.stringify({ instances: [instance] }));
    return new DemoAgent(part, setting, file);
  }

  private constructor(part: Part, { self, env, ...setting }: Setting, file: string) {
    this.part = part;
    const [node, script] = self;
    const args = [
      ...[script, 'agent', '--json', '--host', part.host, '--name', part.name],
      ...['--instances', file, '--servers', setting.servers, '--namespace', setting.namespace],
      ...['--ttl', formatSetting(setting.ttl), '--grace', formatSetting(setting.grace)],
    ];
    // The IPC channel makes it end when we end, even if we are killed.
    this.#child = spawn(node, args, {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
      env: withoutSettings(env),
    });
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#errors += text;
    });
    this.#exit = once(this.#child, 'exit').then(([code]) => code as number | null);
    this.#listen();
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get name(): string {
    return `${this.part.host}/${this.part.name}`;
  }

  /** Resolves when it is live. @throws {Fault} `server-failed` if it exits before */
  get ready(): Promise<{ readonly run: string }> {
    return this.#ready.promise;
  }

  /** Its exit code; null if a signal ended it. */
  get exit(): Promise<number | null> {
    return this.#exit;
  }

  signal(signal: NodeJS.Signals): void {
    this.#child.kill(signal);
  }

  async end(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return;
    this.#child.kill('SIGKILL');
    await this.#exit;
  }

  #listen(): void {
    const { stdout } = this.#child;
    if (!stdout) return;
    createInterface({ input: stdout }).on('line', (line) => {
      const message = JSON.parse(line);
      if (message.event === 'ready') this.#ready.resolve(message);
    });
    this.#ready.promise.catch(() => {});
    void this.#exit.then((code) => {
      const what = `agent ${this.name} exited with ${code}: ${this.#errors.trim()}`;
      this.#ready.reject(new Fault('server-failed', what));
    });
  }
}

/** The environment without settings of Rollcall, which would change the demonstration. */
const withoutSettings = (env: Setting['env']): NodeJS.ProcessEnv =>
  Object.fromEntries(Object.entries(env).filter(([name]) => !/^(ROLLCALL_|NATS_URL$)/.test(name)));
