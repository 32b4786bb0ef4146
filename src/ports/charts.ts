/**
 * The charts of machines, by their hashes: what a record of last year is drawn with. What is in them is
 * of src/charts; a store keeps a text, and never another one under the same name.
 */
export interface Charts {
  /** Undefined where nobody has published it. @throws {Fault} `store-unavailable` */
  get(machine: string, hash: string): Promise<string | undefined>;

  /**
   * Keeps one for good; one that stands there already stays.
   * @throws {Fault} `store-unavailable`; it may or may not stand there; `store-refused`
   */
  publish(machine: string, hash: string, text: string): Promise<'published' | 'already'>;
}
