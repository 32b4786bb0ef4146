import { Fault } from '../../../domain/fault.ts';
import { isEarlierWorkKept } from '../../../domain/fleet/kept-instances.ts';
import type { PickPolicy } from '../../../domain/fleet/pick.ts';
import { type Millis, type MonotonicTime, seconds } from '../../../domain/time.ts';
import type { Ports } from '../../../ports/ports.ts';
import type { ServiceView } from '../../../ports/service-view.ts';
import { type FileService, fileServices } from './file-data.ts';
import { type FileFormat, formatServices } from './formats.ts';
import { installFile, presentText } from './install-file.ts';
import { renderSafely } from './safe-text.ts';
import { runShell } from './shell-command.ts';
import type { Template } from './template.ts';

export interface FileDriverOptions {
  readonly out: string;
  readonly render: FileFormat | Template;
  /** Only these services; undefined: all. */
  readonly services: readonly string[] | undefined;
  readonly policy: PickPolicy;
  /** Rights of the file; undefined: as before, or 0644. */
  readonly mode: number | undefined;
  readonly check: string | undefined;
  readonly exec: string | undefined;
  /** After a change, waits until nothing has changed for `min`, at most for `max`. */
  readonly wait: { readonly min: Millis; readonly max: Millis };
  /** Shortest time between two new files. */
  readonly minInterval: Millis;
  /** How long a file of an earlier run may stay although no instance has a record (G13). */
  readonly keepLast: Millis;
}

/** What a look at the file led to. */
export type FileOutcome =
  | 'same'
  | 'written'
  | 'kept'
  | 'check-failed'
  | 'exec-failed'
  | 'not-written';

type DriverPorts = Pick<Ports, 'clock' | 'log' | 'metrics'>;

const commandWithin: Millis = seconds(30);
const retryFirst: Millis = seconds(1);
const retryLast: Millis = seconds(60);
/** Catches a file that was changed by others, and the end of the time of G13. */
const lookEvery: Millis = seconds(10);
const beforeComplete: Millis = 100;

/** Keeps a file as the registry has the instances. */
export class FileDriver {
  readonly #options: FileDriverOptions;
  readonly #view: ServiceView;
  readonly #ports: DriverPorts;
  readonly #began: MonotonicTime;
  /** Whether an instance had a record since this driver began: then the view knows what ended it. */
  #hasSeen = false;
  #owesExec = false;
  #writtenAt: MonotonicTime = Number.NEGATIVE_INFINITY;
  /** The last complaint of each kind. */
  readonly #reported = new Map<string, string>();

  constructor(options: FileDriverOptions, view: ServiceView, ports: DriverPorts) {
    this.#options = options;
    this.#view = view;
    this.#ports = ports;
    this.#began = ports.clock.monotonic();
  }

  /** The text that the file should have. @throws {Fault} `bad-setting` for a text without quotes */
  render(): string {
    const { render } = this.#options;
    const { log } = this.#ports;
    const services = this.#services();
    if (typeof render === 'string') return formatServices[render]({ view: this.#view, services });
    const { text, leftOut } = renderSafely(render, services);
    const names = leftOut.map(({ service, id }) => `${service}/${id}`);
    this.#say(
      'file-instances-left-out',
      names.length === 0 ? undefined : { instances: names },
      () =>
        log.warn('file-instances-left-out', {
          instances: names,
          why: 'the template writes one of their texts without | json or | nginx',
        }),
    );
    return text;
  }

  /** Looks at each change until the signal. */
  async follow(signal: AbortSignal): Promise<void> {
    const { clock } = this.#ports;
    const { wait, minInterval } = this.#options;
    let retry = retryFirst;
    while (!signal.aborted) {
      const changed = this.#nextChange(signal);
      const { isComplete } = this.#view.status;
      const outcome = isComplete ? await this.look() : 'same';
      const isBad = outcome !== 'same' && outcome !== 'written' && outcome !== 'kept';
      const pause = isComplete ? lookEvery : beforeComplete;
      await clock.sleep(isBad ? retry : pause, changed.signal);
      retry = isBad ? Math.min(2 * retry, retryLast) : retryFirst;
      const began = clock.monotonic();
      changed.stop();
      while (changed.signal.aborted && !signal.aborted) {
        const more = this.#nextChange(signal);
        const left = began + wait.max - clock.monotonic();
        await clock.sleep(Math.max(0, Math.min(wait.min, left)), more.signal);
        more.stop();
        if (!more.signal.aborted || left <= wait.min) break;
      }
      const early = this.#writtenAt + minInterval - clock.monotonic();
      if (early > 0) await clock.sleep(early, signal);
    }
  }

  /** Writes the file if its text must change, and runs the command. Never throws a {Fault}. */
  async look(): Promise<FileOutcome> {
    const outcome = await this.#look().catch((cause: unknown): FileOutcome => {
      if (!(cause instanceof Fault)) throw cause;
      this.#say('file-not-written', cause.message, () =>
        this.#ports.log.warn('file-not-written', { file: this.#options.out, why: cause.message }),
      );
      return 'not-written';
    });
    if (outcome !== 'same') this.#ports.metrics.doorAnswered?.('file', outcome);
    return outcome;
  }

  async #look(): Promise<FileOutcome> {
    const { out, mode } = this.#options;
    const { clock, log, metrics } = this.#ports;
    const services = this.#services();
    const present = await presentText(out);
    const text = this.render();
    if (present === text) return this.#owesExec ? this.#exec() : 'same';
    if (present !== undefined && this.#isUnknown(services)) {
      this.#say('file-kept', out, () => log.warn('file-kept', { file: out }));
      return 'kept';
    }
    const accept = async (draft: string) => this.#accepts(draft);
    if (!(await installFile(out, text, { mode, accept }))) return 'check-failed';
    this.#say('file-not-written', undefined, () => {});
    this.#writtenAt = clock.monotonic();
    this.#owesExec = this.#options.exec !== undefined;
    for (const { name, instances } of services) metrics.doorRows?.('file', name, instances.length);
    const instances = services.reduce((sum, one) => sum + one.instances.length, 0);
    log.info('file-written', { file: out, instances });
    return this.#owesExec ? this.#exec() : 'written';
  }

  /** Whether nothing is known of the services. Then the file of an earlier run stays for a while. */
  #isUnknown(services: readonly FileService[]): boolean {
    const hasRecord = services.some(
      ({ name, instances }) => instances.length > 0 || this.#view.rows(name).length > 0,
    );
    this.#hasSeen ||= hasRecord;
    const runningFor = this.#ports.clock.monotonic() - this.#began;
    return isEarlierWorkKept({ hasSeen: this.#hasSeen, runningFor }, this.#options.keepLast);
  }

  async #accepts(draft: string): Promise<boolean> {
    const { check } = this.#options;
    if (check === undefined) return true;
    return this.#succeeds('file-check-failed', check, draft);
  }

  async #exec(): Promise<FileOutcome> {
    const { exec, out } = this.#options;
    if (exec !== undefined && !(await this.#succeeds('file-exec-failed', exec, out)))
      return 'exec-failed';
    this.#owesExec = false;
    return 'written';
  }

  async #succeeds(event: string, command: string, file: string): Promise<boolean> {
    const { code, output } = await runShell(command, file, commandWithin);
    const failed = code === 0 ? undefined : { file, command, code, output };
    this.#say(event, failed, () => this.#ports.log.warn(event, failed));
    return code === 0;
  }

  #services(): readonly FileService[] {
    const { services, policy } = this.#options;
    return fileServices(this.#view, services ?? this.#view.services(), policy);
  }

  #nextChange(signal: AbortSignal) {
    const changed = new AbortController();
    const only = this.#options.services;
    const stop = this.#view.onChange((names) => {
      if (!only || only.some((name) => names.has(name))) changed.abort();
    });
    return { signal: AbortSignal.any([signal, changed.signal]), stop };
  }

  /** Logs a complaint once until it changes; undefined: it is over. */
  #say(about: string, complaint: unknown, log: () => void): void {
    const report = complaint === undefined ? '' : JSON.stringify(complaint);
    if (report === (this.#reported.get(about) ?? '')) return;
    this.#reported.set(about, report);
    if (report === '') return;
    log();
  }
}
