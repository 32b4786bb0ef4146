import type { Browser } from 'playwright-core';

/** The activity of the shared worker, which Playwright does not report. */
export interface WorkerTells {
  requested(url: string): void;
  failed(what: string): void;
}

/** A listener. Dispose of it to stop. */
export interface Listening extends AsyncDisposable {
  /**
   * Detaches from the current workers. A worker with a listener does not end with its last page and never
   * answers the next page, so detach before a page leaves its address.
   */
  letGo(): Promise<void>;
}

/**
 * Listens to the shared workers of a browser profile from their start. Only the worker uses the stream, and
 * no page sees its requests or errors.
 */
export async function listenToWorkers(
  browser: Browser,
  address: string,
  tells: WorkerTells,
): Promise<Listening> {
  const cdp = await browser.newBrowserCDPSession();
  const ours = new Set<string>();
  let last = 0;
  cdp.on('Target.targetCreated', ({ targetInfo: { type, targetId, url } }) => {
    if (type !== 'shared_worker' || !url.startsWith(address)) return;
    void (async () => {
      const { sessionId } = await cdp.send('Target.attachToTarget', { targetId, flatten: false });
      ours.add(sessionId);
      // Earlier console messages are replayed; requests are not, but hardly any was made.
      for (const method of ['Network.enable', 'Runtime.enable']) {
        last += 1;
        const message = JSON.stringify({ id: last, method });
        await cdp.send('Target.sendMessageToTarget', { sessionId, message });
      }
    })().catch(() => {}); // It ended before it was listened to.
  });
  cdp.on('Target.receivedMessageFromTarget', ({ sessionId, message }) => {
    if (!ours.has(sessionId)) return;
    const { method, params } = JSON.parse(message);
    if (method === 'Network.requestWillBeSent') tells.requested(params.request.url);
    if (method === 'Runtime.exceptionThrown') {
      const { exception, text } = params.exceptionDetails;
      tells.failed(`an error of the worker: ${exception?.description ?? text}`);
    }
    if (method === 'Runtime.consoleAPICalled' && /^(error|warning|assert)$/.test(params.type)) {
      const said = params.args
        .map((one: { value?: unknown; description?: string }) => one.description ?? one.value)
        .join(' ');
      tells.failed(`the worker's console: ${said}`);
    }
  });
  await cdp.send('Target.setDiscoverTargets', { discover: true });
  const letGo = async () => {
    const all = [...ours];
    ours.clear();
    for (const sessionId of all) await cdp.send('Target.detachFromTarget', { sessionId });
  };
  return { letGo, [Symbol.asyncDispose]: () => cdp.detach() };
}
