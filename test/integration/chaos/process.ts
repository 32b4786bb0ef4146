import { readFile, writeFile } from 'node:fs/promises';
import { setTimeout as pause } from 'node:timers/promises';
import { type RollcallProcess, rollcall } from '../harness/processes.ts';
import type { Disk } from './faults/disk.ts';
import type { Wire } from './faults/proxies.ts';
import type { LocalApi } from './local-api.ts';

/** The handling of a process that ended without a request. */
export interface Ending {
  readonly name: string;
  readonly code: number | NodeJS.Signals;
  readonly stderr: string;
}

/** An agent or a collector: successive processes under one name, with their own proxies. */
export class Member implements AsyncDisposable {
  readonly name: string;
  readonly wire: Wire;
  /** Processes that ended by themselves and were restarted, as by a supervisor. */
  readonly endings: Ending[] = [];
  readonly #args: readonly string[];
  /** The disk of its state directory. */
  readonly #state: Disk;
  /** Of an agent. */
  readonly #api: LocalApi | undefined;
  /** The instances file of an agent, and its whole text while it is torn. */
  readonly #file: string | undefined;
  #fileText: string | undefined;
  #process: RollcallProcess | undefined;
  #up = false;
  #frozen = false;

  constructor(
    name: string,
    wire: Wire,
    args: readonly string[],
    state: Disk,
    { file, api }: { readonly file?: string; readonly api?: LocalApi } = {},
  ) {
    this.#file = file;
    this.#api = api;
    this.name = name;
    this.wire = wire;
    this.#args = args;
    this.#state = state;
  }

  get pid(): number | undefined {
    return this.#process?.pid;
  }

  /** Whether a process of this name runs or should run. */
  get alive(): boolean {
    return this.#process !== undefined;
  }

  /** The process runs, is ready and reaches a healthy server through its proxies. */
  get fit(): boolean {
    return this.#up && !this.#frozen && this.wire.whole;
  }

  start(): void {
    const servers = ['--servers', this.wire.urls.join(',')];
    const child = rollcall([...this.#args, ...servers, '--json'], {
      XDG_STATE_HOME: this.#state.directory,
    });
    this.#process = child;
    child.ready.then(
      () => {
        if (this.#process === child) this.#up = true;
      },
      () => {},
    );
    void child.exited.then((code) => this.#supervise(child, code));
  }

  async begun(): Promise<void> {
    await this.#process?.ready;
  }

  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** Stops it with SIGTERM, and after 10 s with SIGKILL, like a supervisor. */
  async leave(): Promise<void> {
    const killing = new AbortController();
    const child = this.#process;
    void pause(10_000, undefined, { signal: killing.signal }).then(
      () => child?.kill('SIGKILL'),
      () => {},
    );
    await this.#end('SIGTERM');
    killing.abort();
  }

  freeze(): void {
    this.#frozen = true;
    this.#process?.kill('SIGSTOP');
  }

  thaw(): void {
    this.#process?.kill('SIGCONT');
    this.#frozen = false;
  }

  /** The reader of its log goes away, until the process ends. */
  closeLog(): void {
    this.#process?.closeLog();
  }

  /** Another program has written half of the instances file. A collector has none. */
  async tearFile(): Promise<void> {
    if (this.#file === undefined) return;
    const text = await readFile(this.#file, 'utf8');
    this.#fileText ??= text;
    await writeFile(this.#file, text.slice(0, text.length / 2));
  }

  async mendFile(): Promise<void> {
    if (this.#file === undefined || this.#fileText === undefined) return;
    await writeFile(this.#file, this.#fileText);
    this.#fileText = undefined;
  }

  /** Its state directory is full, while a program registers an instance at its local API. */
  async fillState(): Promise<void> {
    await this.#state.fill();
    await this.#api?.register();
  }

  async freeState(): Promise<void> {
    await this.#state.free();
    await this.#api?.deregister();
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#process;
    this.#process = undefined;
    this.#up = false;
    child?.kill(signal);
    await child?.exited;
  }

  async #supervise(child: RollcallProcess, code: number | NodeJS.Signals): Promise<void> {
    if (this.#process !== child) return;
    this.#up = false;
    this.endings.push({ name: this.name, code, stderr: child.stderr });
    await pause(500);
    if (this.#process === child) this.start();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const child = this.#process;
    this.#process = undefined;
    await child?.[Symbol.asyncDispose]();
    await this.wire[Symbol.asyncDispose]();
  }
}
