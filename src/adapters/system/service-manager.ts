import { spawn } from 'node:child_process';
import type { Millis } from '../../domain/time.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** While it starts, the start time limit is extended this often, by twice as much. */
const extendEvery: Millis = 20_000;
const micros = (duration: Millis): number => duration * 1000;

/**
 * Tells systemd how a service of `Type=notify` is doing (sd_notify(3)): ready, stopping, and alive for
 * `WatchdogSec=`. Until it is ready it extends the time limit of the start: an agent may wait for its server
 * for hours.
 *
 * Node cannot send datagrams to a unix socket, so `systemd-notify` sends them. The unit therefore needs
 * `NotifyAccess=all`.
 */
export class ServiceManager {
  readonly #env: NodeJS.ProcessEnv;
  readonly #complain: (why: string) => void;
  readonly #watchdog: NodeJS.Timeout | undefined;
  #starting: NodeJS.Timeout | undefined;
  #sending: Promise<void> = Promise.resolve();
  #hasComplained = false;
  #state: 'starting' | 'ready' | 'stopping' = 'starting';

  /** Undefined unless a service manager waits for notifications of this process. */
  static of(
    env: Environment,
    pid: number,
    complain: (why: string) => void,
  ): ServiceManager | undefined {
    const { NOTIFY_SOCKET: socket } = env;
    return socket ? new ServiceManager(env, socket, pid, complain) : undefined;
  }

  private constructor(
    env: Environment,
    socket: string,
    pid: number,
    complain: (why: string) => void,
  ) {
    const { PATH, WATCHDOG_USEC, WATCHDOG_PID } = env;
    this.#env = { NOTIFY_SOCKET: socket, ...(PATH !== undefined && { PATH }) };
    this.#complain = complain;
    const watchdog = Number(WATCHDOG_USEC) / 1000;
    const isForUs = WATCHDOG_PID === undefined || Number(WATCHDOG_PID) === pid;
    if (watchdog > 0 && isForUs) {
      this.#watchdog = setInterval(() => this.#send('WATCHDOG=1'), watchdog / 2).unref();
    }
    const extend = () => this.#send(`EXTEND_TIMEOUT_USEC=${micros(2 * extendEvery)}`);
    this.#starting = setInterval(extend, extendEvery).unref();
  }

  ready(status: string): void {
    if (this.#state !== 'starting') return;
    this.#state = 'ready';
    clearInterval(this.#starting);
    this.#send('READY=1', `STATUS=${status}`);
  }

  stopping(): void {
    if (this.#state === 'stopping') return;
    this.#state = 'stopping';
    clearInterval(this.#starting);
    this.#send('STOPPING=1');
  }

  /** Resolves when all notifications are sent, after 1 s at the latest. */
  async flush(): Promise<void> {
    clearInterval(this.#watchdog);
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => {
      timer = setTimeout(resolve, 1000);
    });
    await Promise.race([this.#sending, late]);
    clearTimeout(timer);
  }

  #send(...assignments: readonly string[]): void {
    this.#sending = this.#sending.then(() => this.#sendNow(assignments));
  }

  /** Never rejects: a failed notification must not end the service. */
  #sendNow(assignments: readonly string[]): Promise<void> {
    return new Promise((resolve) => {
      const child = spawn('systemd-notify', assignments, { stdio: 'ignore', env: this.#env });
      const fail = (why: string) => {
        if (!this.#hasComplained) this.#complain(why);
        this.#hasComplained = true;
        resolve();
      };
      child.once('error', ({ message }) => fail(message));
      child.once('exit', (code) => (code === 0 ? resolve() : fail(`it exited with ${code}`)));
      child.unref();
    });
  }
}
