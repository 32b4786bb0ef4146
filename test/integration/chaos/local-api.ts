import { request } from 'node:http';
import { basename } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { type Millis, seconds } from '../../../src/domain/time.ts';

/** Longer than an agent needs to be started again and to have its slot. */
const answersWithin: Millis = seconds(30);

/** A program that registers one instance at the local API of an agent. */
export class LocalApi {
  readonly #socket: string;

  constructor(socket: string) {
    this.#socket = socket;
  }

  /** The agent may be between two processes: then nothing is registered. */
  async register(): Promise<void> {
    await this.#ask('PUT');
  }

  /** Until the agent has answered that it has no such instance any more. */
  async deregister(): Promise<void> {
    const end = performance.now() + answersWithin;
    while (performance.now() < end) {
      const status = await this.#ask('DELETE');
      if (status !== undefined && status < 500) return;
      await pause(500);
    }
  }

  #ask(method: 'PUT' | 'DELETE'): Promise<number | undefined> {
    return new Promise((resolve) => {
      const sent = request(
        {
          socketPath: this.#socket,
          path: `/v1/instances/extra/${basename(this.#socket, '.sock')}`,
          method,
          headers: { 'content-type': 'application/json' },
          timeout: seconds(5),
        },
        (response) => {
          response.resume();
          resolve(response.statusCode);
        },
      );
      sent.on('timeout', () => sent.destroy());
      sent.on('error', () => resolve(undefined));
      sent.end(method === 'PUT' ? '{}' : undefined);
    });
  }
}
