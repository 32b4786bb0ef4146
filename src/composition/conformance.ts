import { startForeignProcess } from '../adapters/conformance/foreign-process.ts';
import { startTappedProxy } from '../adapters/conformance/tapped-proxy.ts';

/** What `rollcall conform` needs of this machine: a foreign program, and a proxy that reads what it sends. */
export const conformance = { startForeignProcess, startTappedProxy };
