import { createSocket } from 'node:dgram';
import { Resolver } from 'node:dns/promises';
import { once } from 'node:events';
import { openDnsDoor } from '../../../../src/adapters/doors/dns/dns-door.ts';
import { seconds } from '../../../../src/domain/time.ts';
import { type Access, openStore, portsOf } from '../../environment/access.ts';
import { openServiceView } from '../../environment/service-view.ts';
import type { Jobs } from '../job.ts';

/** `rollcall serve --dns`, until its process ends. */
export async function serveDns(
  access: Access,
  { services }: Jobs['serve-dns']['task'],
): Promise<Jobs['serve-dns']['answer']> {
  const ports = portsOf(await openStore(access, 'dns'));
  const view = await openServiceView(ports);
  const door = await openDnsDoor(
    {
      ...{ host: '127.0.0.1', port: 0, view, policy: 'any', clients: ['127.0.0.0/8'] },
      ...{ zone: 'rollcall', ttl: seconds(1) },
    },
    ports,
  );
  const resolver = new Resolver();
  resolver.setServers([door.address]);
  const addresses = await resolver.resolve4(`service-${services - 1}.service.rollcall`);
  // Header, question, 16 bytes for each address, EDNS.
  const answerBytes = 12 + `service-000.service.rollcall`.length + 6 + addresses.length * 16 + 11;
  return { port: door.port, answerBytes };
}

/** A UDP server that answers each message with its id and so many bytes, until its process ends. */
export async function answerUdp(
  _: Access,
  { bytes }: Jobs['answer-udp']['task'],
): Promise<Jobs['answer-udp']['answer']> {
  const socket = createSocket('udp4');
  socket.on('message', (message, { address, port }) => {
    const answer = Buffer.alloc(bytes);
    message.copy(answer, 0, 0, 2);
    socket.send(answer, port, address);
  });
  socket.bind(0, '127.0.0.1');
  await once(socket, 'listening');
  return { port: socket.address().port };
}
