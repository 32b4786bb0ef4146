import { isIP } from 'node:net';

/** An IP address as a label of 8 or 32 hexadecimal digits. */
export function addressName(address: string): string {
  const bytes = isIP(address) === 4 ? address.split('.').map(Number) : bytesOfV6(address);
  return Buffer.from(bytes).toString('hex');
}

/** The address in a label; undefined if it is none. */
export function addressIn(label: string): string | undefined {
  const bytes = Buffer.from(label, 'hex');
  if (bytes.toString('hex') !== label) return undefined;
  if (bytes.length === 4) return [...bytes].join('.');
  if (bytes.length !== 16) return undefined;
  return Array.from({ length: 8 }, (_, n) => bytes.readUInt16BE(2 * n).toString(16)).join(':');
}

function bytesOfV6(address: string): readonly number[] {
  const { hostname } = new URL(`http://[${address}]`);
  const [head = '', tail] = hostname.slice(1, -1).split('::');
  const groups = (text: string) =>
    text === '' ? [] : text.split(':').map((one) => parseInt(one, 16));
  const [before, after] = [groups(head), groups(tail ?? '')];
  const gap = Array<number>(tail === undefined ? 0 : 8 - before.length - after.length).fill(0);
  return [...before, ...gap, ...after].flatMap((group) => [group >> 8, group & 0xff]);
}
