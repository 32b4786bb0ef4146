import { useEffect, useRef, useState } from 'preact/hooks';
import type { Chart } from '../../../../charts/model/chart-data.ts';
import { apiPath } from '../../protocol/api-path.ts';
import { boundingBox, nearestState } from './chart-navigation.ts';
import { visibleAncestor } from './collapsed-states.ts';
import { boxesIn, type Highlights, highlightChart, regionIn } from './highlight-chart.ts';

/** As small as its text can be read, the whole picture, or the part around the selection. */
export type Zoom = 'text' | 'fit' | 'region';

/** The smallest scale at which all text can be read: the smallest has 10.5 px and then 9 px. */
const readable = 0.86;

interface Props {
  readonly hash: string;
  readonly chart: Chart;
  readonly closed: readonly string[];
  readonly painted: Highlights;
  readonly zoom: Zoom;
  /** The text for assistive technology. */
  readonly label: string;
  onChoose(id: string): void;
  onMissing(): void;
}

/** The picture. The server lays it out for the open states; the page changes only classes and counts. */
export function ChartView(props: Props) {
  const { hash, chart, closed, painted, zoom, label, onChoose, onMissing } = props;
  const box = useRef<HTMLDivElement>(null);
  const [drawings, setDrawings] = useState(0);
  const [focusedId, setFocusedId] = useState('');
  const collapsed = closed.join();
  const currentSvg = () => box.current?.querySelector('svg') ?? undefined;
  useEffect(() => {
    const unmounted = new AbortController();
    const query = collapsed === '' ? '' : `&collapsed=${encodeURIComponent(collapsed)}`;
    fetch(apiPath(`charts/${hash}.svg?theme=css${query}`), { signal: unmounted.signal })
      .then(async (response) => {
        if (!response.ok) throw new Error(`the server answered ${response.status}`);
        const svg = pictureIn(await response.text());
        svg.dataset['whole'] = svg.getAttribute('viewBox') ?? '';
        box.current?.replaceChildren(svg);
        setDrawings((n) => n + 1);
      })
      .catch(() => {
        if (!unmounted.signal.aborted) onMissing();
      });
    return () => unmounted.abort();
  }, [hash, collapsed]);
  useEffect(() => {
    const svg = currentSvg();
    if (svg) highlightChart(svg, painted);
  }, [painted, drawings]);
  useEffect(() => {
    const svg = currentSvg();
    if (svg) look(svg, zoom);
  }, [zoom, drawings, painted.chosen, [...painted.active].join()]);
  useEffect(() => {
    for (const node of currentSvg()?.querySelectorAll('[data-node]') ?? []) {
      node.classList.toggle(
        'at',
        decodeURIComponent(node.getAttribute('data-node') ?? '') === focusedId,
      );
    }
  }, [focusedId, drawings]);
  const press = (event: KeyboardEvent) => {
    const svg = currentSvg();
    if (!svg) return;
    if (event.key === 'Enter' && focusedId !== '') onChoose(focusedId);
    const lines = chart.edges.flatMap(({ source, targets }) =>
      targets.map(
        (one) => [visibleAncestor(closed, source), visibleAncestor(closed, one)] as const,
      ),
    );
    const to = nearestState(boxesIn(svg), lines, visibleAncestor(closed, focusedId), event.key);
    if (to === undefined) return;
    event.preventDefault();
    setFocusedId(to);
  };
  return (
    <>
      {drawings === 0 ? <p class="dim">Drawing …</p> : null}
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset is for form controls */}
      <div
        ref={box}
        class="chart"
        role="group"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: arrow keys move in it, Enter opens
        tabIndex={0}
        aria-label={label}
        onKeyDown={press}
        onFocus={() => {
          if (focusedId === '')
            setFocusedId(painted.chosen || (regionIn(currentSvg() as SVGSVGElement)[0]?.id ?? ''));
        }}
        onBlur={() => setFocusedId('')}
        onClick={(event) => {
          const element = (event.target as Element).closest('[data-node], [data-edge]');
          const id =
            element?.getAttribute('data-node') ?? element?.getAttribute('data-edge')?.split(' ')[0];
          if (id) onChoose(decodeURIComponent(id));
        }}
      />
      <p class="unseen" role="status">
        {focusedId === '' ? '' : stateText(focusedId, painted, closed)}
      </p>
    </>
  );
}

function stateText(id: string, { nodes, active }: Highlights, closed: readonly string[]): string {
  const name = id.split('.').slice(1).join(' ') || id;
  const count = nodes[id] === undefined ? '' : `, ${nodes[id]} in this state`;
  return `${name}${active.has(id) ? ', active' : ''}${count}${closed.includes(id) ? ', closed' : ''}`;
}

/** Sets the visible part of the picture. */
function look(svg: SVGSVGElement, zoom: Zoom): void {
  const [, , width = 0, height = 0] = (svg.dataset['whole'] ?? '').split(' ').map(Number);
  const whole = { x: 0, y: 0, width, height };
  const region = zoom === 'region' ? boundingBox(regionIn(svg), whole) : whole;
  svg.setAttribute('viewBox', [region.x, region.y, region.width, region.height].join(' '));
  const least = zoom === 'text' ? readable : 0;
  svg.style.minWidth = `${width * least}px`;
  svg.style.minHeight = `${height * least}px`;
}

/** Parses the picture and removes scripts, styles and links, although it comes from our own server. */
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
