import type { Browser } from 'playwright-core';

/** What a worker that tabs share did, of which Playwright says nothing. */
export interface WorkerTells {
  requested(url: string): void;
  failed(what: string): void;
}

/** Listens until it is disposed of. */
export interface Listening extends AsyncDisposable {
  /**
   * Lets go of the workers that there are now. One that is listened to does not end with its last page,
   * and never answers the page that comes next: it is let go before a page leaves its address.
   */
  letGo(): Promise<void>;
}

/**
 * Listens to the shared workers of a browser profile, from the moment they begin: it alone speaks with
 * the stream, and no page hears of its requests or its errors.
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
      // What was said before is said again then; requests are not, but hardly any was made.
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
