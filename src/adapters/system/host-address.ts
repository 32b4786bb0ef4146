import { networkInterfaces } from 'node:os';

/** Networks of containers and virtual machines on this host: other hosts do not reach them. */
const localNetwork = /^(docker|br-|veth|virbr|cni|flannel|podman|lxc)/;

/**
 * The address at which other hosts reach this one: the first IPv4 address of its network interfaces, else the
 * first IPv6 address. Link-local addresses and networks of containers do not count. Without any,
 * `127.0.0.1`: then only this host reaches it.
 */
export function hostAddress(interfaces = networkInterfaces()): string {
  const usable = Object.entries(interfaces)
    .filter(([name]) => !localNetwork.test(name))
    .flatMap(([, addresses]) => addresses ?? [])
    .filter(({ internal, address }) => !internal && !/^(169\.254\.|fe[89ab])/i.test(address));
  const found = usable.find(({ family }) => family === 'IPv4') ?? usable[0];
  return found?.address ?? '127.0.0.1';
}
