import { createSocket, type Socket } from 'node:dgram';
import { type AddressInfo, createServer, type Server, type Socket as TcpSocket } from 'node:net';
import { seconds } from '../../../domain/time.ts';
import type { Ports } from '../../../ports/ports.ts';
import type { ServiceView } from '../../../ports/service-view.ts';
import { listenFault } from '../../http-server/listen.ts';
import { AnswerRate } from './answer-rate.ts';
import { ClientNetworks } from './client-networks.ts';
import { writeAnswer, writeRefusal } from './dns-answer.ts';
import { longestQuery, readQuery } from './dns-query.ts';
import { ServiceNames } from './service-names.ts';
import { bare, DnsZone, type Zone } from './service-records.ts';

export interface DnsDoorOptions extends Zone {
  readonly host: string;
  /** 0: any free port. UDP and TCP listen on the same one. */
  readonly port: number;
  readonly view: ServiceView;
  /** Networks whose questions are answered; others get REFUSED. */
  readonly clients: readonly string[];
}

type DoorPorts = Pick<Ports, 'clock' | 'log' | 'metrics'>;

/** Largest answers over UDP: to this machine, to others, and without EDNS. */
const sizes = { near: 8192, far: 1232, plain: 512 } as const;
const longestTcp = 65_535;
const idle = seconds(10);
const mostConnections = 100;
/** So many clients that were refused are named in the log. */
const mostNamed = 20;

/**
 * Answers DNS questions about services over UDP and TCP until it is disposed of.
 * @throws {Fault} `port-taken`, `bad-setting`
 */
export async function openDnsDoor(
  options: DnsDoorOptions,
  { clock, log, metrics }: DoorPorts,
): Promise<{ readonly address: string; readonly port: number } & AsyncDisposable> {
  const { host, view } = options;
  const names = new ServiceNames(view);
  const zone = new DnsZone(options, view, names);
  let shadowed = '';
  const look = () => {
    const now = names.shadowed().join(', ');
    if (now !== shadowed && now !== '') log.warn('dns-names-differ-in-case', { services: now });
    shadowed = now;
  };
  look();
  const stop = view.onChange(look);
  const clients = new ClientNetworks(options.clients);
  const refused = new Set<string>();
  const isRefused = (client: string) => {
    if (clients.has(client)) return false;
    if (!refused.has(client) && refused.size < mostNamed) {
      refused.add(client);
      log.warn('dns-client-refused', { client, hint: 'serve its network with --dns-allow' });
    }
    return true;
  };
  /** The answer to a message, of at most the size for this client; undefined: none. */
  const respond = (
    message: Buffer,
    client: string,
    sizeOf: (edns: number | undefined) => number,
  ) => {
    const query = readQuery(message);
    if (query === 'drop') return undefined;
    if ('rcode' in query) {
      metrics.doorAnswered?.('dns', query.rcode.toLowerCase());
      return writeRefusal(query);
    }
    const answer = isRefused(client) ? bare('REFUSED') : zone.answer(query);
    const isNoData = answer.rcode === 'NOERROR' && answer.answers.length === 0;
    metrics.doorAnswered?.('dns', isNoData ? 'nodata' : answer.rcode.toLowerCase());
    return writeAnswer(query, answer, sizeOf(query.edns?.size));
  };
  const connections = new Set<TcpSocket>();
  const tcp = createServer((socket) => {
    connections.add(socket);
    socket.on('close', () => connections.delete(socket));
    const { remoteAddress = '' } = socket;
    serveTcp(socket, (message) => respond(message, remoteAddress, () => longestTcp));
  });
  tcp.maxConnections = mostConnections;
  const rate = new AnswerRate(clock);
  const udp = createSocket(host.includes(':') ? 'udp6' : 'udp4');
  udp.on('message', (message, { address, port }) => {
    const near = /^(127\.|::1$|::ffff:127\.)/.test(address);
    const most = near ? sizes.near : sizes.far;
    const isWhole = near || rate.allows(address);
    const answer = respond(message, address, (edns) => {
      if (!isWhole) return 0;
      return edns === undefined ? sizes.plain : Math.min(edns, most);
    });
    if (answer) udp.send(answer, port, address, () => {});
  });
  const port = await listening(tcp, udp, options).catch((fault) => {
    stop();
    names[Symbol.dispose]();
    throw fault;
  });
  // For example no file descriptor is left: the sockets stay open, and the next client may be served.
  for (const socket of [tcp, udp] as const)
    socket.on('error', (cause: Error) => log.warn('dns-socket-failed', { why: cause.message }));
  return {
    address: `${host.includes(':') ? `[${host}]` : host}:${port}`,
    port,
    async [Symbol.asyncDispose]() {
      stop();
      names[Symbol.dispose]();
      const closed = new Promise<void>((resolve) => tcp.close(() => resolve()));
      for (const socket of connections) socket.destroy();
      await Promise.all([closed, new Promise<void>((resolve) => udp.close(() => resolve()))]);
    },
  };
}

/** Several messages, each with its length before it. */
function serveTcp(socket: TcpSocket, respond: (message: Buffer) => Buffer | undefined): void {
  let pending = Buffer.alloc(0);
  socket.setTimeout(idle, () => socket.destroy());
  socket.on('error', () => socket.destroy());
  socket.on('data', (bytes: Buffer) => {
    pending = Buffer.concat([pending, bytes]);
    while (pending.length >= 2) {
      const length = pending.readUInt16BE(0);
      if (length > longestQuery) return void socket.destroy();
      if (pending.length < 2 + length) return;
      const answer = respond(pending.subarray(2, 2 + length));
      pending = pending.subarray(2 + length);
      if (!answer) return void socket.destroy();
      const prefix = Buffer.alloc(2);
      prefix.writeUInt16BE(answer.length);
      // A client that does not read its answers is not served further.
      if (!socket.write(Buffer.concat([prefix, answer])) && socket.writableLength > 1024 * 1024)
        return void socket.destroy();
    }
  });
}

/** With port 0, UDP gets the port that TCP was given. */
async function listening(
  tcp: Server,
  udp: Socket,
  { host, port }: DnsDoorOptions,
): Promise<number> {
  try {
    await started(tcp, () => tcp.listen({ host, port }));
    const given = (tcp.address() as AddressInfo).port;
    await started(udp, () => udp.bind(given, host));
    return given;
  } catch (cause) {
    tcp.close();
    udp.close();
    throw listenFault(cause as NodeJS.ErrnoException, { host, port }, '--dns');
  }
}

async function started(socket: Server | Socket, start: () => void): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  socket.once('error', reject);
  socket.once('listening', resolve);
  start();
  await promise;
  socket.off('error', reject);
}
