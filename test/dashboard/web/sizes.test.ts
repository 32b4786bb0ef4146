import { expect, it } from 'vitest';
import { bundlePage } from '../../../src/dashboard/build/bundle.ts';
import { sizes } from '../../browser/bench/sizes.ts';

it('the script, the styles and the font of the page are each within their budget', async () => {
  const { js, css, font } = sizes(await bundlePage());
  expect(js.br).toBeGreaterThan(1000);
  expect(js.br).toBeLessThanOrEqual(60_000);
  expect(css.br).toBeGreaterThan(1000);
  expect(css.br).toBeLessThanOrEqual(8_000);
  expect(font.min).toBeLessThanOrEqual(48 * 1024);
});
