import type { IncomingMessage, ServerResponse } from 'node:http';
import { seconds } from '../../../domain/time.ts';
import type { ServiceView } from '../../../ports/service-view.ts';

/** Time between two comments with the age of the view. */
const commentEvery = seconds(15);

/** What a stream sends at each change. */
export interface StreamSource {
  readonly view: ServiceView;
  readonly service: string;
  /** The document now, and its index. */
  current(): { readonly index: string; readonly document: unknown };
}

/**
 * Sends the whole set of a service at the beginning and after each change, as server-sent events. A client
 * that reads slowly gets the newest set when it can take it, never a queue.
 */
export function sendEvents(
  request: IncomingMessage,
  response: ServerResponse,
  headers: Readonly<Record<string, string | number>>,
  { view, service, current }: StreamSource,
): Promise<void> {
  let isBlocked = false;
  let isPending = false;
  const write = (text: string) => {
    isBlocked = !response.write(text);
  };
  const send = () => {
    if (isBlocked) {
      isPending = true;
      return;
    }
    isPending = false;
    const { index, document } = current();
    write(`id: ${index}\nevent: instances\ndata: ${JSON.stringify(document)}\n\n`);
  };
  request.socket.setNoDelay(true);
  response.writeHead(200, { ...headers, 'content-type': 'text/event-stream' });
  response.on('drain', () => {
    isBlocked = false;
    if (isPending) send();
  });
  const stop = view.onChange((services) => {
    if (services.has(service)) send();
  });
  const timer = setInterval(() => {
    if (!isBlocked) write(`: age ${Math.round(view.status.age)} ms\n\n`);
  }, commentEvery);
  send();
  return new Promise((resolve) => {
    response.once('close', () => {
      clearInterval(timer);
      stop();
      resolve();
    });
  });
}
