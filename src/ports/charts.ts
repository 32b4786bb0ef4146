/** The machine of a chart, and its hash. */
interface ChartName {
  readonly machine: string;
  readonly hash: string;
}

/**
 * Machine charts by hash, so that an old event is drawn with the machine of its time. The store keeps
 * the JSON text of src/charts and never replaces a text under the same name.
 */
export interface Charts {
  /** Undefined if the chart was never published. @throws {Fault} `store-unavailable` */
  get(machine: string, hash: string): Promise<string | undefined>;

  /**
   * Those that were never published.
   * @throws {Fault} `store-unavailable`, `store-refused`
   */
  missing<C extends ChartName>(charts: readonly C[]): Promise<readonly C[]>;

  /**
   * Stores a chart for good; an existing one is not replaced.
   * @throws {Fault} `store-unavailable`; it may or may not have been stored; `store-refused`
   */
  publish(machine: string, hash: string, text: string): Promise<'published' | 'already'>;
}
