import { BlockList, isIP } from 'node:net';

/** The networks of this machine alone. */
export const loopback: readonly string[] = ['127.0.0.0/8', '::1/128'];

interface Network {
  readonly address: string;
  readonly prefix: number;
  readonly family: 'ipv4' | 'ipv6';
}

/** A network as `10.0.0.0/8`, `2001:db8::/32` or one address; undefined if it is none. */
export function networkIn(text: string): Network | undefined {
  const [, address = '', bits] = /^([0-9a-fA-F:.]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const version = isIP(address);
  if (version === 0) return undefined;
  const longest = version === 4 ? 32 : 128;
  const prefix = bits === undefined ? longest : Number(bits);
  return prefix > longest ? undefined : { address, prefix, family: `ipv${version as 4 | 6}` };
}

/** Whose questions are answered. An IPv4 address that arrives over IPv6 counts as IPv4. */
export class ClientNetworks {
  readonly #list = new BlockList();

  /** Networks that cannot be read are left out. */
  constructor(networks: readonly string[]) {
    for (const text of networks) {
      const network = networkIn(text);
      if (network) this.#list.addSubnet(network.address, network.prefix, network.family);
    }
  }

  has(address: string): boolean {
    // A link-local address has its interface behind `%`.
    const [bare = ''] = address.split('%');
    const version = isIP(bare);
    return version !== 0 && this.#list.check(bare, version === 4 ? 'ipv4' : 'ipv6');
  }
}
