import type { Page } from 'playwright-core';

/**
 * Moves the scrubber and measures, in ms: until the page says the other moment, and until that is
 * painted. `by`: how far it moves each time, of 10 000.
 */
export function steps(
  page: Page,
  by: number,
  count: number,
): Promise<{ said: number[]; painted: number[] }> {
  return page.evaluate(
    async ([by = 1, count = 1]) => {
      const slider = document.querySelector<HTMLInputElement>('.strip input');
      const where = document.querySelector('.transport .where');
      if (!slider || !where) throw new Error('there is no scrubber');
      const said: number[] = [];
      const painted: number[] = [];
      let at = 9000;
      for (let n = 0; n < count; n += 1) {
        at = ((at - by - 1000) % 8500) + 1000;
        if (at < 1000) at += 8000;
        await new Promise((rest) => setTimeout(rest, 30));
        await new Promise((frame) => requestAnimationFrame(frame));
        const { promise, resolve } = Promise.withResolvers<void>();
        const observer = new MutationObserver(() => resolve());
        observer.observe(where, { subtree: true, characterData: true, childList: true });
        const begun = performance.now();
        slider.value = String(at);
        slider.dispatchEvent(new Event('input', { bubbles: true }));
        await promise;
        said.push(performance.now() - begun);
        observer.disconnect();
        await new Promise<void>((shown) => {
          requestAnimationFrame(() => setTimeout(shown));
        });
        painted.push(performance.now() - begun);
      }
      return { said, painted };
    },
    [by, count],
  );
}
