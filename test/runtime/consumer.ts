import type { InstanceRow } from '../../src/domain/join.ts';
import type { DirectoryChange } from '../../src/runtime/directory.ts';
import type { DirectoryProcess, FleetInMemory } from './fleet-in-memory.ts';
import type { Process } from './process.ts';

/** A consumer with a directory, and with what it makes of the changes that it is told. */
export class Consumer {
  readonly #of: DirectoryProcess;
  readonly #told = new Map<string, string>();

  constructor(fleet: FleetInMemory) {
    const onChange = (changes: readonly DirectoryChange[]) => {
      for (const { before, now } of changes) {
        if (before) this.#told.delete(nameOf(before));
        if (now) this.#told.set(nameOf(now), shown(now));
      }
    };
    this.#of = fleet.directory({ onChange });
  }

  get process(): Process {
    return this.#of.process;
  }

  /** What is wrong, where `stands` is all that stands in the registry, as `host/agent service/id run`. */
  complaints(stands: readonly string[]): readonly string[] {
    const rows = this.#of.directory.instances();
    const seen = rows.map((row) => `${nameOf(row)} ${shown(row)}`).sort();
    const told = [...this.#told].map((entry) => entry.join(' ')).sort();
    const named = rows.map((row) => `${nameOf(row)} ${row.run}`).sort();
    const doubtful = rows.filter(({ reason }) => reason !== null && reason !== 'contested');
    return [
      ...(`${seen}` === `${told}` ? [] : [`the consumer was told ${told}, and sees ${seen}`]),
      ...(`${named}` === `${[...stands].sort()}` ? [] : [`the consumer sees ${named}`]),
      ...doubtful.map((row) => `${nameOf(row)} is ${row.reason}`),
    ];
  }
}

const nameOf = ({ host, agent, service, id }: InstanceRow): string =>
  `${host}/${agent} ${service}/${id}`;

const shown = ({ run, state, reason, port }: InstanceRow): string =>
  `${run} ${state} ${reason} ${port}`;
