import { measures } from '../diagram/sizes.ts';
import type { Point } from '../layout/layout.ts';
import { countText } from '../model/overlay.ts';
import { number } from './edge-path.ts';
import { escapeXml } from './escape-xml.ts';

/** The room of a count; `at`: the middle of its left side. */
export function countBadge({ x, y }: Point, count: number | undefined): string {
  const { width, height } = measures.pill;
  return (
    `<g class="pill${count === undefined ? ' none' : ''}">` +
    `<rect x="${number(x)}" y="${number(y - height / 2)}" width="${width}" height="${height}" rx="${height / 2}"/>` +
    `<text x="${number(x + width / 2)}" y="${number(y + 3.8)}">${count === undefined ? '' : escapeXml(countText(count))}</text></g>`
  );
}
