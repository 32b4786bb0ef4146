import type { IncomingMessage, ServerResponse } from 'node:http';
import { seconds } from '../../domain/time.ts';

/** Time between empty lines, which show both sides that the connection works. */
const lineEvery = seconds(15);

/**
 * Begins a response that stays open: a line of JSON, then empty lines. `onClosed` is called once, when the
 * connection closes: the kernel closes it when the process of the client ends, however it ends.
 */
export function holdOpen(
  request: IncomingMessage,
  response: ServerResponse,
  first: object,
  onClosed: () => void,
): void {
  request.socket.setKeepAlive(true, lineEvery);
  request.socket.setNoDelay(true);
  response.writeHead(200, { 'content-type': 'application/x-ndjson', 'cache-control': 'no-store' });
  response.write(`${JSON.stringify(first)}\n`);
  const timer = setInterval(() => response.write('\n'), lineEvery);
  response.once('close', () => {
    clearInterval(timer);
    onClosed();
  });
  // A client that sends more than a request is not read, so a half-closed connection would go unnoticed.
  request.socket.once('end', () => response.destroy());
}
