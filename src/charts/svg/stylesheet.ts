import { measures } from '../diagram/sizes.ts';
import { coloursOf, type Theme } from './theme.ts';

/**
 * The CSS of a picture. The `light` and `dark` themes include it in the picture; for `css` it is part
 * of the page's stylesheet, so that no inline style is needed. Limited to selectors that resvg
 * supports: types, classes, descendants; no `:not`, no `calc`.
 */
export function stylesheet(theme: Theme): string {
  const c = coloursOf(theme);
  const font = (use: 'name' | 'event' | 'text' | 'small' | 'count' | 'title'): string =>
    `font-size: ${measures[use].size}px; font-weight: ${measures[use].weight};`;
  // The fallback fonts are not wider than Inter, so that no text overflows its box.
  const rules = [
    [
      '',
      "font-family: Inter, 'Inter Variable', 'Helvetica Neue', Arial, 'Liberation Sans', sans-serif;",
    ],
    ['text', `fill: ${c.ink};`],
    ['.title', font('title')],
    ['.hash', `${font('text')} fill: ${c.muted};`],
    ['.paper', `fill: ${c.paper};`],
    ['.box', `fill: ${c.state}; stroke: ${c.border}; stroke-width: 1.5;`],
    ['.holds .box', `fill: ${c.inside};`],
    ['.region .box', 'stroke-dasharray: 5 4;'],
    ['.name', font('name')],
    ['.about', `${font('small')} fill: ${c.muted};`],
    ['.mark', `fill: none; stroke: ${c.muted}; stroke-width: 1.5;`],
    ['.full', `fill: ${c.muted};`],
    ['.inner text', `${font('event')} fill: ${c.muted};`],
    ['.way', `fill: none; stroke: ${c.line}; stroke-width: 1.5;`],
    ['.head', `fill: ${c.line};`],
    ['.dot', `fill: ${c.muted};`],
    ['.label', 'text-anchor: middle;'],
    ['.beside', 'text-anchor: start;'],
    ['.event', font('event')],
    ['.guard', `${font('text')} fill: ${c.guard};`],
    ['.actions', `${font('small')} fill: ${c.muted}; text-anchor: middle;`],
    ['.timer .event', `fill: ${c.guard};`],
    ['.done .event', `fill: ${c.done};`],
    ['.error .event', `fill: ${c.error};`],
    ['.always .event', `fill: ${c.muted};`],
    ['.icon', `fill: none; stroke: ${c.muted}; stroke-width: 1.5;`],
    ['.timer .icon', `stroke: ${c.guard};`],
    ['.done .icon', `stroke: ${c.done};`],
    ['.error .icon', `stroke: ${c.error};`],
    ['.pill rect', `fill: ${c.pill};`],
    ['.pill text', `${font('count')} text-anchor: middle;`],
    ['.none', 'visibility: hidden;'],
    ['.here', `fill: ${c.active}; stroke: ${c.paper}; stroke-width: 2; visibility: hidden;`],
    ['.untaken .way', `stroke: ${c.faint};`],
    ['.untaken .head', `fill: ${c.faint};`],
    ['.untaken .event', `fill: ${c.muted};`],
    ['.untaken .guard', `fill: ${c.muted};`],
    ['.active .box', `stroke: ${c.active}; stroke-width: 2.5;`],
    ['.active.leaf .box', `fill: ${c.activeFill};`],
    ['.active .name', `fill: ${c.active};`],
    ['.active.leaf .here', 'visibility: visible;'],
    ['.last .way', `stroke: ${c.last}; stroke-width: 3;`],
    ['.last .head', `fill: ${c.last};`],
    ['.last .event', `fill: ${c.last};`],
    ['.inner.last text', `fill: ${c.last};`],
  ] as const;
  // One root class per theme: two inline pictures in a page do not style each other.
  const root = `.rollcall-chart.theme-${theme}`;
  return rules
    .map(([selector, style]) => `${root}${selector === '' ? '' : ` ${selector}`} { ${style} }`)
    .join('\n');
}
