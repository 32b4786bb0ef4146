import { useEffect, useRef, useState } from 'preact/hooks';
import { apiPath } from './api-path.ts';
import { countText } from './chart-states.ts';

export interface Painted {
  readonly active: ReadonlySet<string>;
  readonly last: readonly string[];
  readonly nodes: Readonly<Record<string, number>>;
  readonly edges: Readonly<Record<string, number>>;
  /** Edges that were never taken stand back. */
  readonly coverage: boolean;
  readonly chosen: string;
}

interface Props {
  readonly hash: string;
  readonly machine: string;
  readonly collapsed: string;
  readonly painted: Painted;
  onChoose(id: string): void;
  onMissing(): void;
}

/** The picture, laid out by the server. Here only classes and counts change, nothing ever moves. */
export function ChartView({ hash, machine, collapsed, painted, onChoose, onMissing }: Props) {
  const place = useRef<HTMLDivElement>(null);
  const [drawn, setDrawn] = useState(0);
  useEffect(() => {
    const away = new AbortController();
    const more = collapsed === '' ? '' : `&collapsed=${encodeURIComponent(collapsed)}`;
    fetch(apiPath(`charts/${hash}.svg?theme=css${more}`), { signal: away.signal })
      .then(async (response) => {
        if (!response.ok) throw new Error(`the picture answered ${response.status}`);
        const svg = pictureIn(await response.text());
        place.current?.replaceChildren(svg);
        setDrawn((n) => n + 1);
      })
      .catch(() => {
        if (!away.signal.aborted) onMissing();
      });
    return () => away.abort();
  }, [hash, collapsed]);
  useEffect(() => {
    const svg = place.current?.querySelector('svg');
    if (svg) paint(svg, painted);
  }, [painted, drawn]);
  return (
    <>
      {drawn === 0 ? <p class="dim">Drawing …</p> : null}
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: the outline beside it has the same as buttons */}
      <div
        ref={place}
        class="chart"
        role="img"
        aria-label={`The machine ${machine} as a picture; the outline beside it says the same`}
        onClick={(event) => {
          const one = (event.target as Element).closest('[data-node], [data-edge]');
          const id =
            one?.getAttribute('data-node') ?? one?.getAttribute('data-edge')?.split(' ')[0];
          if (id) onChoose(decodeURIComponent(id));
        }}
      />
    </>
  );
}

/** From our own server, as an image; whatever could act in it is taken out all the same. */
function pictureIn(text: string): SVGElement {
  const parsed = new DOMParser().parseFromString(text, 'image/svg+xml').documentElement;
  for (const bad of parsed.querySelectorAll('script, foreignObject, style')) bad.remove();
  for (const element of [parsed, ...parsed.querySelectorAll('*')]) {
    for (const { name } of [...element.attributes]) {
      if (name.startsWith('on') || name.endsWith('href') || name === 'style')
        element.removeAttribute(name);
    }
  }
  return document.importNode(parsed, true) as unknown as SVGElement;
}

function paint(
  svg: SVGSVGElement,
  { active, last, nodes, edges, coverage, chosen }: Painted,
): void {
  for (const node of svg.querySelectorAll('[data-node]')) {
    const id = decodeURIComponent(node.getAttribute('data-node') ?? '');
    node.classList.toggle('active', active.has(id));
    node.classList.toggle('chosen', id === chosen);
    pill(node, nodes[id]);
  }
  for (const edge of svg.querySelectorAll('[data-edge]')) {
    const ids = (edge.getAttribute('data-edge') ?? '').split(' ').map(decodeURIComponent);
    const times = ids.reduce((sum, id) => sum + (edges[id] ?? 0), 0);
    edge.classList.toggle(
      'last',
      ids.some((id) => last.includes(id)),
    );
    edge.classList.toggle('untaken', coverage && times === 0);
    edge.classList.toggle('chosen', ids.includes(chosen));
    if (!edge.querySelector('[data-edge]')) pill(edge, times === 0 ? undefined : times);
  }
}

function pill(within: Element, count: number | undefined): void {
  const one = [...within.children].find((child) => child.classList.contains('pill'));
  if (!one) return;
  one.classList.toggle('none', count === undefined || count === 0);
  const text = one.querySelector('text');
  if (text) text.textContent = count ? countText(count) : '';
}
