/** The gate before each action of a process: closed while it is frozen, and for ever after its death. */
export class Gate {
  #shut: PromiseWithResolvers<void> | undefined;
  #dead = false;

  get dead(): boolean {
    return this.#dead;
  }

  get shut(): boolean {
    return this.#shut !== undefined;
  }

  close(): void {
    this.#shut ??= Promise.withResolvers<void>();
  }

  open(): void {
    if (this.#dead) return;
    this.#shut?.resolve();
    this.#shut = undefined;
  }

  die(): void {
    this.#dead = true;
    this.close();
  }

  /** Resolves while it is open; waiting actions pass in the order of arrival. */
  async opened(): Promise<void> {
    while (this.#shut) await this.#shut.promise;
  }
}
