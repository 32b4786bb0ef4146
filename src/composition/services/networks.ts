import { networkIn } from '../../adapters/doors/dns/client-networks.ts';

/** Whether this is a network as `10.0.0.0/8`, or one address. */
export const isNetwork = (text: string): boolean => networkIn(text) !== undefined;
