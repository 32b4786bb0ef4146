import type { Locator, Page } from 'playwright-core';

/** What a task cost. A character that is written counts as a key. */
interface Cost {
  readonly clicks: number;
  readonly keys: number;
}

/** A user's hands: they count the clicks and the keys on a page. */
export class Hand {
  readonly page: Page;
  #clicks = 0;
  #keys = 0;

  constructor(page: Page) {
    this.page = page;
  }

  async click(on: Locator): Promise<void> {
    await on.click({ timeout: 20_000 });
    this.#clicks += 1;
  }

  async press(...keys: readonly string[]): Promise<void> {
    for (const key of keys) {
      await this.page.keyboard.press(key);
      this.#keys += 1;
    }
  }

  async write(text: string): Promise<void> {
    await this.page.keyboard.type(text);
    this.#keys += text.length;
  }

  /** Presses Tab until an element matches, at most so often. */
  async tabTo(selector: string, most = 60): Promise<void> {
    for (let n = 0; n < most; n += 1) {
      await this.press('Tab');
      if (await this.page.evaluate((one) => document.activeElement?.matches(one), selector)) return;
    }
    throw new Error(`Tab does not come to ${selector}`);
  }

  get cost(): Cost {
    return { clicks: this.#clicks, keys: this.#keys };
  }
}
