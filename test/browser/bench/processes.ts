import type { Browser, CDPSession } from 'playwright-core';

/** The CPU time of all Chromium processes, in seconds. */
export async function cpuSeconds(browser: Browser): Promise<number> {
  const cdp = await browser.newBrowserCDPSession();
  const { processInfo } = await cdp.send('SystemInfo.getProcessInfo');
  await cdp.detach();
  return processInfo.reduce((sum, { cpuTime }) => sum + cpuTime, 0);
}

/** The JavaScript heap in bytes after a collection, for the page and for the shared worker. */
export async function heaps(browser: Browser): Promise<Record<string, number>> {
  const cdp = await browser.newBrowserCDPSession();
  const { targetInfos } = await cdp.send('Target.getTargets');
  const found: Record<string, number> = {};
  for (const { targetId, type } of targetInfos) {
    if (type !== 'page' && type !== 'shared_worker') continue;
    const { sessionId } = await cdp.send('Target.attachToTarget', { targetId, flatten: false });
    await asked(cdp, sessionId, 'HeapProfiler.collectGarbage');
    const { usedSize } = await asked(cdp, sessionId, 'Runtime.getHeapUsage');
    // Typed arrays are outside the heap but count as memory.
    const { backingStorageSize = 0 } = await asked(cdp, sessionId, 'Runtime.getHeapUsage');
    found[type] = (found[type] ?? 0) + (usedSize ?? 0) + backingStorageSize;
  }
  await cdp.detach();
  return found;
}

let last = 0;

/** Playwright reaches only pages, so a worker is reached through the browser's debugging protocol. */
function asked(
  cdp: CDPSession,
  sessionId: string,
  method: string,
): Promise<{ usedSize?: number; backingStorageSize?: number }> {
  last += 1;
  const id = last;
  const { promise, resolve } = Promise.withResolvers<object>();
  const listen = ({ message, sessionId: from }: { message: string; sessionId: string }) => {
    const { id: of, result } = JSON.parse(message);
    if (from !== sessionId || of !== id) return;
    cdp.off('Target.receivedMessageFromTarget', listen);
    resolve(result ?? {});
  };
  cdp.on('Target.receivedMessageFromTarget', listen);
  void cdp.send('Target.sendMessageToTarget', {
    sessionId,
    message: JSON.stringify({ id, method }),
  });
  return promise;
}
