import type { StateBox } from './chart-navigation.ts';
import { shortCount } from './chart-states.ts';

export interface Highlights {
  readonly active: ReadonlySet<string>;
  readonly last: readonly string[];
  readonly nodes: Readonly<Record<string, number>>;
  readonly edges: Readonly<Record<string, number>>;
  readonly chosen: string;
}

const idOf = (element: Element): string =>
  decodeURIComponent(element.getAttribute('data-node') ?? '');
const idsOf = (element: Element): readonly string[] =>
  (element.getAttribute('data-edge') ?? '').split(' ').map(decodeURIComponent);

/** Sets classes, counts and titles. Never moves a state or a line of the picture. */
export function highlightChart(svg: SVGSVGElement, painted: Highlights): void {
  const { active, last, nodes, edges, chosen } = painted;
  for (const node of svg.querySelectorAll('[data-node]')) {
    const id = idOf(node);
    node.classList.toggle('active', active.has(id));
    node.classList.toggle('occupied', (nodes[id] ?? 0) > 0);
    node.classList.toggle('chosen', id === chosen);
    pill(node, nodes[id]);
    title(node, nodes[id] === undefined ? '' : `${nodes[id]} in this state`);
  }
  for (const edge of svg.querySelectorAll('[data-edge]')) {
    const ids = idsOf(edge);
    const times = ids.reduce((sum, id) => sum + (edges[id] ?? 0), 0);
    edge.classList.toggle(
      'last',
      ids.some((id) => last.includes(id)),
    );
    edge.classList.toggle('chosen', ids.includes(chosen));
    if (!edge.querySelector('[data-edge]')) pill(edge, times === 0 ? undefined : times);
  }
}

function pill(within: Element, count: number | undefined): void {
  const one = [...within.children].find((child) => child.classList.contains('pill'));
  if (!one) return;
  one.classList.toggle('none', count === undefined || count === 0);
  const text = one.querySelector('text');
  if (text) text.textContent = count ? shortCount(count) : '';
}

/** Adds a line to the title that the picture came with. */
function title(within: Element, line: string): void {
  const one = [...within.children].find(({ tagName }) => tagName === 'title') as
    | SVGTitleElement
    | undefined;
  if (!one) return;
  const own = one.getAttribute('data-own') ?? one.textContent;
  one.setAttribute('data-own', own);
  one.textContent = line === '' ? own : `${own}\n${line}`;
}

const numbersOf = (box: Element): readonly [number, number, number, number] => {
  const [x = 0, y = 0, width = 0, height = 0] = ['x', 'y', 'width', 'height'].map((name) =>
    Number(box.getAttribute(name)),
  );
  return [x, y, width, height];
};

/** The boxes of the states that match the selector. */
export function boxesIn(svg: SVGSVGElement, marked = ''): readonly StateBox[] {
  return [...svg.querySelectorAll(`[data-node]${marked}`)].flatMap((node) => {
    const box = node.querySelector(':scope > rect.box');
    if (!box) return [];
    const [x, y, width, height] = numbersOf(box);
    return [{ id: idOf(node), x, y, width, height }];
  });
}

/** The selected state, else the active states, else the occupied ones. */
export function regionIn(svg: SVGSVGElement): readonly StateBox[] {
  for (const marked of ['.chosen', '.active.leaf', '.occupied.leaf']) {
    const boxes = boxesIn(svg, marked);
    if (boxes.length > 0) return boxes;
  }
  return [];
}
