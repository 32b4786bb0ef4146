import { Fault } from '../../../domain/fault.ts';

/**
 * How a client's requests reach the world, and the answers come back: the place where a simulation
 * delays them, loses them, or cuts the line.
 */
export interface Transport {
  /**
   * Lets `serve` happen in the world and brings its answer.
   * @throws {LinkDown}
   */
  carry<T>(serve: () => T): Promise<T>;
}

/** The request brought no answer. */
export class LinkDown extends Error {
  override readonly name = 'LinkDown';
  /** false: it certainly never reached the world. true: nobody knows. */
  readonly sent: boolean;

  constructor(message: string, sent: boolean) {
    super(message);
    this.sent = sent;
  }
}

/** Loses nothing and takes no time. */
export const directLink: Transport = { carry: async (serve) => serve() };

/**
 * The answer, where having none is for the caller to handle.
 * @throws {Fault} `store-unavailable`
 */
export async function requestOver<T>(link: Transport, what: string, serve: () => T): Promise<T> {
  try {
    return await link.carry(serve);
  } catch (cause) {
    if (!(cause instanceof LinkDown)) throw cause;
    throw new Fault('store-unavailable', `no answer: ${what}`, { cause });
  }
}

/** Nobody waits for it; a line that is down loses it. */
export function sendOver(carried: Promise<void>): void {
  carried.catch((cause) => {
    if (!(cause instanceof LinkDown)) throw cause;
  });
}
