interface InstanceName {
  readonly service: string;
  readonly id: string;
}

/** The instances that ever had one `service/id`, and how many of them are present. */
interface Holders {
  readonly all: number[];
  present: number;
  readonly service: { present: number };
}

/** What an instance is at the moment, where it has not ended. */
export const [absent, present] = [-1, Infinity];

/** The instances of each `service/id`, by number. Nearly every name has one. */
export class NameIndex {
  readonly #byName = new Map<string, Holders>();
  #byNumber: (Holders | undefined)[] = [];
  /** `absent`, `present`, or the sequence of the event that ended it, by number. */
  #state: number[] = [];
  /** How many names have more than one instance. */
  #shared = 0;
  readonly #services = new Map<string, { present: number }>();

  clear(): void {
    this.#byName.clear();
    this.#byNumber = [];
    this.#state = [];
    this.#shared = 0;
    this.#services.clear();
  }

  get hasShared(): boolean {
    return this.#shared > 0;
  }

  of(service: string, id: string): readonly number[] {
    return this.#present(this.#byName.get(`${service}/${id}`));
  }

  /** The other instances of an instance's name. */
  rivals(number: number): readonly number[] {
    const holders = this.#shared > 0 ? this.#byNumber[number] : undefined;
    return holders && holders.present > 1
      ? this.#present(holders).filter((one) => one !== number)
      : none;
  }

  /** `state`: `absent`, `present`, or the sequence of the event that ended the instance. */
  set(number: number, name: InstanceName, state: number): void {
    const holders = this.#byNumber[number] ?? this.#add(number, name);
    const more = Number(state === present) - Number(this.#state[number] === present);
    this.#state[number] = state;
    if (more === 0) return;
    holders.service.present += more;
    const before = holders.present;
    holders.present += more;
    this.#shared += Number(holders.present > 1) - Number(before > 1);
  }

  /** How many instances a service has. */
  instancesOf = (service: string): number => this.#services.get(service)?.present ?? 0;

  /** Whether a name has no instance, and this is the one that ended last. */
  isLastEnd(number: number): boolean {
    const holders = this.#byNumber[number];
    const own = this.#state[number] ?? absent;
    return (
      holders?.present === 0 && !holders.all.some((other) => (this.#state[other] ?? absent) > own)
    );
  }

  #present(holders: Holders | undefined): readonly number[] {
    return holders?.all.filter((one) => this.#state[one] === present) ?? none;
  }

  #add(number: number, { service, id }: InstanceName): Holders {
    const key = `${service}/${id}`;
    let holders = this.#byName.get(key);
    if (!holders) {
      const ofService = this.#services.get(service) ?? { present: 0 };
      this.#services.set(service, ofService);
      holders = { all: [], present: 0, service: ofService };
      this.#byName.set(key, holders);
    }
    holders.all.push(number);
    this.#byNumber[number] = holders;
    return holders;
  }
}

const none: readonly number[] = [];
