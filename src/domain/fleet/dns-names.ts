import { compareText } from './row-order.ts';

/** Dots separate labels. */
const form = /^[a-z0-9_-]{1,63}(\.[a-z0-9_-]{1,63})*$/i;

/** The longest name of a service for which `_name._tcp.service.ZONE` still fits in a name of 255 bytes. */
const longest = 180;

/** The name of a service in DNS, in lower case; undefined: DNS cannot carry it, so DNS does not serve it. */
export const dnsNameOf = (service: string): string | undefined =>
  service.length <= longest && form.test(service) ? service.toLowerCase() : undefined;

/**
 * Which of the services with one name in DNS is served: DNS compares names without case (RFC 4343). The
 * lower-case one, otherwise the first by code units.
 */
export function servedAs(name: string, services: Iterable<string>): string | undefined {
  const all = [...services];
  return all.includes(name) ? name : all.toSorted(compareText)[0];
}

/** Services that DNS does not serve, because another one has the same name without case. */
export function shadowedServices(services: Iterable<string>): readonly string[] {
  const byName = Map.groupBy(services, dnsNameOf);
  return [...byName].flatMap(([name, same]) =>
    name === undefined ? [] : same.filter((one) => one !== servedAs(name, same)),
  );
}
