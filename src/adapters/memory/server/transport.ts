import { Fault } from '../../../domain/fault.ts';

/**
 * Carries a client's requests to the server and the replies back. Here a simulation delays or loses
 * them, or cuts the connection.
 */
export interface Transport {
  /**
   * Runs `serve` on the server and returns its result.
   * @throws {NoReplyError}
   */
  carry<T>(serve: () => T): Promise<T>;
}

/** The request got no reply. */
export class NoReplyError extends Error {
  override readonly name = 'NoReplyError';
  /** false: the request certainly did not reach the server. true: it may have. */
  readonly sent: boolean;

  constructor(message: string, sent: boolean) {
    super(message);
    this.sent = sent;
  }
}

/** A transport without losses and delays. */
export const directTransport: Transport = { carry: async (serve) => serve() };

/**
 * The result of a request. A lost one is a Fault that the caller handles.
 * @throws {Fault} `store-unavailable`
 */
export async function requestOver<T>(
  transport: Transport,
  what: string,
  serve: () => T,
): Promise<T> {
  try {
    return await transport.carry(serve);
  } catch (cause) {
    if (!(cause instanceof NoReplyError)) throw cause;
    throw new Fault('store-unavailable', `no answer: ${what}`, { cause });
  }
}

/** Sends without waiting. A transport that is down loses the message. */
export function sendOver(carried: Promise<void>): void {
  carried.catch((cause) => {
    if (!(cause instanceof NoReplyError)) throw cause;
  });
}
