import type { TabMessage, WorkerMessage } from './protocol/worker-messages.ts';
import { ConnectionHub } from './worker/connection-hub.ts';

/** As a SharedWorker it serves every tab; as a Worker, where a browser has no other, one. */
interface Scope {
  onconnect: ((event: MessageEvent) => void) | null;
  onmessage: ((event: MessageEvent<TabMessage>) => void) | null;
  postMessage(message: WorkerMessage): void;
}

export function serveTabs(): void {
  const scope = self as unknown as Scope;
  if ('onconnect' in self) {
    const desk = new ConnectionHub(false);
    scope.onconnect = ({ ports: [port] }) => {
      if (!port) return;
      const onMessage = desk.join((message) => port.postMessage(message));
      port.onmessage = ({ data }: MessageEvent<TabMessage>) => onMessage(data);
    };
  } else {
    const onMessage = new ConnectionHub(true).join((message) => scope.postMessage(message));
    scope.onmessage = ({ data }) => onMessage(data);
  }
}
