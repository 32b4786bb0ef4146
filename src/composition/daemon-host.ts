import { url } from 'node:inspector';
import { countZombies } from '../adapters/system/orphans.ts';
import { ServiceManager } from '../adapters/system/service-manager.ts';

/** What the commands that run until they are stopped need of their machine. */
export const daemonHost = {
  /** Undefined unless systemd waits for notifications of this process. */
  serviceManager: ServiceManager.of,
  /** The address of an open debugger of this process. Whoever reaches it can run code here. */
  debuggerUrl: url,
  /** How many children of a process ended without being collected; 0 outside Linux. */
  countZombies,
};
