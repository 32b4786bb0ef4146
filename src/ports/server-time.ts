import type { WallTime } from '../domain/time.ts';

/**
 * The wall clock of the store. A date that several processes compare, such as the end of a hold, is made
 * from this clock and judged by it, because the wall clock of one process may be wrong.
 */
export interface ServerTime {
  /**
   * The time of the server, read now. The answer is older by the time that it travels.
   * @throws {Fault} `store-unavailable`
   */
  now(): Promise<WallTime>;
}
