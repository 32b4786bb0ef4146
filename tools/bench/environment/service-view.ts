import { isIP } from 'node:net';
import type { Ports } from '../../../src/ports/ports.ts';
import { ServiceDirectory } from '../../../src/runtime/directory/service-directory.ts';

/** The complete view of a door or driver. */
export async function openServiceView(ports: Ports): Promise<ServiceDirectory> {
  const view = new ServiceDirectory(ports, { keepLast: 0, isIp: isIP });
  await view.follow(ports);
  return view;
}
