import type { InstanceRow } from './directory-rows.ts';

/** Where an instance is reached. */
export interface Endpoint {
  readonly row: InstanceRow;
  /** An IP address without a zone, or a host name by RFC 1123. */
  readonly address: string;
  /** undefined: a host name. */
  readonly family: 4 | 6 | undefined;
  /** 1 to 65535. */
  readonly port: number;
}

/** Why an instance is not handed to another program. */
export type UnsafeEndpoint = 'no-address' | 'bad-address' | 'no-port' | 'bad-port';

/** `node:net`: 4, 6, or 0 for anything else. */
export type IsIp = (text: string) => number;

/**
 * The endpoint of an instance, or why it has none that may be handed to another program.
 *
 * An address in the registry is any text of up to 1024 bytes. In a command for HAProxy or a line of nginx,
 * `127.0.0.1 port 80; set server …` would become a command. So only addresses and host names pass.
 */
export function endpointOf(row: InstanceRow, isIp: IsIp): Endpoint | UnsafeEndpoint {
  const { address, port } = row;
  if (address === null) return 'no-address';
  const unsafe = unsafeAddress(address, isIp);
  if (unsafe) return unsafe;
  if (port === null) return 'no-port';
  if (!Number.isInteger(port) || port < 1 || port > 65535) return 'bad-port';
  const version = isIp(address);
  return { row, address, family: version === 4 || version === 6 ? version : undefined, port };
}

/** `bad-address` if the text is neither an IP address nor a host name. */
export const unsafeAddress = (address: string, isIp: IsIp): 'bad-address' | undefined =>
  (isIp(address) > 0 && !address.includes('%')) || isHostName(address) ? undefined : 'bad-address';

/** The last label is not a number: `127.1` is an address for some programs, and none by `node:net`. */
const isHostName = (text: string): boolean =>
  text.length <= 253 &&
  text.split('.').every((label) => /^[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?$/.test(label)) &&
  !/^\d+$/.test(text.slice(text.lastIndexOf('.') + 1)) &&
  !/^0x[0-9a-f]*$/i.test(text.slice(text.lastIndexOf('.') + 1));
