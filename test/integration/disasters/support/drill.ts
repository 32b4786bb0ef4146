import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import { type Ended, shell } from '../../cli/support/run-command.ts';
import { type RollcallProcess, rollcall } from '../../harness/processes.ts';
import { until } from '../../harness/until.ts';
import { Consumer } from './consumer.ts';

const times = ['--ttl', '3s', '--grace', '3s'];

/** For what follows a disaster: agents try again for seconds, and the machine is busy. */
export const patience = 120_000;

/**
 * A fleet of real processes in one namespace, in which a disaster happens. Its commands run in a folder of its own, as
 * they are written in the documents: server and namespace are in the environment.
 */
export class Drill implements AsyncDisposable {
  readonly namespace: string;
  readonly folder: string;
  /** Where its commands and the next processes connect to. */
  servers: string;
  /** Of the streams that its processes create. */
  replicas: number;
  readonly #opened = new AsyncDisposableStack();

  private constructor(servers: string, namespace: string, folder: string, replicas: number) {
    this.servers = servers;
    this.namespace = namespace;
    this.folder = folder;
    this.replicas = replicas;
    this.#opened.defer(() => rm(folder, { recursive: true, force: true, maxRetries: 20 }));
  }

  static async open(
    servers: string,
    { namespace = 'shop', replicas = 1 }: { namespace?: string; replicas?: number } = {},
  ): Promise<Drill> {
    const folder = await mkdtemp(join(tmpdir(), 'rollcall-drill-'));
    return new Drill(servers, namespace, folder, replicas);
  }

  get environment(): NodeJS.ProcessEnv {
    return {
      XDG_STATE_HOME: join(this.folder, 'state'),
      ROLLCALL_SERVERS: this.servers,
      ROLLCALL_NAMESPACE: this.namespace,
      // The machine of the operator.
      ROLLCALL_HOST: 'desk',
    };
  }

  start(args: readonly string[], env: NodeJS.ProcessEnv = {}): RollcallProcess {
    const own = { ...this.environment, ROLLCALL_REPLICAS: `${this.replicas}`, ...env };
    return this.#opened.use(rollcall([...args, '--json'], own));
  }

  /** The file of the instance `web/HOST`. */
  async instancesFile(host: string): Promise<string> {
    const file = join(this.folder, `${host}.json`);
    const instances = [{ service: 'web', id: host, port: 8080, address: '127.0.0.1' }];
    await writeFile(file, JSON.stringify({ instances }));
    return file;
  }

  /** Starts the agent `HOST/api`, which registers `web/HOST`. */
  async agent(host: string, ...more: readonly string[]): Promise<RollcallProcess> {
    const file = await this.instancesFile(host);
    const identity = ['--host', host, '--name', 'api', '--instances', file];
    return this.start(['agent', ...identity, ...times, ...more]);
  }

  async collector(name = 'collector', ...more: readonly string[]): Promise<RollcallProcess> {
    const identity = ['--host', 'watch', '--name', name];
    const collector = this.start(['collector', ...identity, ...times, ...more]);
    await collector.ready;
    return collector;
  }

  /** A program that uses the library and polls it. */
  async consumer(): Promise<Consumer> {
    return this.#opened.use(await Consumer.open(this.servers, this.namespace));
  }

  /** Runs a line of a document in a shell, to its end. */
  play(line: string, env: NodeJS.ProcessEnv = {}): Promise<Ended> {
    return shell(line, this.servers, { cwd: this.folder, env: { ...this.environment, ...env } });
  }

  /** Runs it, and demands that it succeeds. */
  async done(line: string, env: NodeJS.ProcessEnv = {}): Promise<Ended> {
    const ended = await this.play(line, env);
    expect([line, ended.code, ended.out, ended.err]).toEqual([
      line,
      0,
      expect.any(String),
      expect.any(String),
    ]);
    return ended;
  }

  /** Runs the commands of a document. `doctor` may have to wait until agents and collectors are back. */
  async follow(lines: readonly string[], servers = this.servers): Promise<void> {
    for (const line of lines) {
      const here = line.replaceAll('nats://new:4222', servers);
      if (here === 'rollcall doctor') await this.#untilSound();
      else if (here.startsWith('export ROLLCALL_SERVERS=')) this.servers = servers;
      else await this.done(here);
    }
  }

  /** The history is whole, and nothing is left to mend. */
  async allIsWell(): Promise<void> {
    const verified = await this.done('rollcall audit verify');
    expect(verified.out).toContain('no divergence');
    await this.#untilSound();
  }

  async #untilSound(): Promise<void> {
    let last: Ended | undefined;
    await until(
      'doctor finds no problem',
      async () => {
        last = await this.play('rollcall doctor');
        return last.code === 0;
      },
      patience,
    ).catch(() => expect(last?.out).toContain('no problem found'));
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.#opened.disposeAsync();
  }
}
