import type { InstanceRow } from '../../../src/domain/fleet/directory-rows.ts';
import { defaultKeepLast } from '../../../src/domain/fleet/kept-instances.ts';
import type { DirectoryChange } from '../../../src/runtime/directory/row-changes.ts';
import type { DirectoryProcess, FleetInMemory } from '../../runtime/support/fleet-in-memory.ts';
import type { Process } from '../../runtime/support/process.ts';

/** A consumer with its view and the rows that it computes from change notifications. */
export class ConsumerProcess {
  readonly #of: DirectoryProcess;
  readonly #told = new Map<string, InstanceRow>();
  /** Called with each change notification. */
  onTold: (changes: readonly DirectoryChange[]) => void = () => {};

  constructor(fleet: FleetInMemory) {
    this.#of = fleet.directory({
      keepLast: defaultKeepLast,
      onChange: (changes) => {
        for (const { before, now } of changes) {
          if (before) this.#told.delete(keyOf(before));
          if (now) this.#told.set(keyOf(now), now);
        }
        this.onTold(changes);
      },
    });
  }

  get process(): Process {
    return this.#of.process;
  }

  get directory(): DirectoryProcess['directory'] {
    return this.#of.directory;
  }

  /** All rows, computed from the changes alone. */
  told(): readonly InstanceRow[] {
    return [...this.#told.values()];
  }
}

const keyOf = ({ host, agent, service, id }: InstanceRow): string =>
  JSON.stringify([host, agent, service, id]);
