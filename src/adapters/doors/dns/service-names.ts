import { dnsNameOf, servedAs, shadowedServices } from '../../../domain/fleet/dns-names.ts';
import type { ServiceView } from '../../../ports/service-view.ts';

/** The services of a view by their names in DNS, kept up to date by its changes. */
export class ServiceNames implements Disposable {
  readonly #view: ServiceView;
  readonly #stop: () => void;
  /** By lower-case name. */
  readonly #services = new Map<string, Set<string>>();
  /** How many names end in this, after a dot. */
  readonly #parents = new Map<string, number>();

  constructor(view: ServiceView) {
    this.#view = view;
    this.#stop = view.onChange((changed) => {
      for (const service of changed) this.#update(service);
    });
    for (const service of view.services()) this.#update(service);
  }

  /** The service with this lower-case name; undefined: none is registered. */
  find(name: string): string | undefined {
    const services = this.#services.get(name);
    return services && servedAs(name, services);
  }

  /** Whether a service has a name that ends in this one: then the name itself exists, and is empty. */
  isParent(name: string): boolean {
    return this.#parents.has(name);
  }

  /** Services that are not served, because another has the same name in DNS. */
  shadowed(): readonly string[] {
    return shadowedServices([...this.#services.values()].flatMap((same) => [...same]));
  }

  [Symbol.dispose](): void {
    this.#stop();
  }

  #update(service: string): void {
    const name = dnsNameOf(service);
    if (name === undefined) return;
    const services = this.#services.get(name) ?? new Set<string>();
    const wasThere = services.has(service);
    const isThere = this.#view.hasService(service);
    if (wasThere === isThere) return;
    if (isThere) services.add(service);
    else services.delete(service);
    if (services.size > 0) this.#services.set(name, services);
    else this.#services.delete(name);
    const labels = name.split('.');
    for (let from = 1; from < labels.length; from += 1)
      this.#count(labels.slice(from).join('.'), isThere ? 1 : -1);
  }

  #count(parent: string, by: number): void {
    const now = (this.#parents.get(parent) ?? 0) + by;
    if (now > 0) this.#parents.set(parent, now);
    else this.#parents.delete(parent);
  }
}
