import { isIP } from 'node:net';

/** Whether only this machine can connect. Only addresses and `localhost`: a name may resolve to anything. */
export const isLoopback = (host: string): boolean =>
  host === 'localhost' || (isIP(host) === 4 && host.startsWith('127.')) || host === '::1';
