import { stylesheet } from '../../../../charts/svg/stylesheet.ts';
import { apiPath } from '../../protocol/api-path.ts';

interface Props {
  readonly machine: string;
  readonly hash: string;
  /** The entity and the moment, written below every exported picture. */
  readonly caption: string;
  readonly name: string;
}

/** Exports the chart as a picture, as shown on the screen, or as text. */
export function ChartExport({ machine, hash, caption, name }: Props) {
  const save = async (blob: Promise<Blob | undefined> | Blob | undefined, as: string) => {
    const done = await blob;
    if (!done) return;
    const link = document.createElement('a');
    link.href = URL.createObjectURL(done);
    link.download = `${name}.${as}`;
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
  };
  return (
    <details class="menu">
      <summary class="button">Export</summary>
      <div class="panel">
        <button type="button" onClick={() => save(svgBlob(caption)?.blob, 'svg')}>
          SVG
        </button>
        <button type="button" onClick={() => save(pngBlob(caption, 1), 'png')}>
          PNG
        </button>
        <button type="button" onClick={() => save(pngBlob(caption, 2), '2x.png')}>
          PNG 2×
        </button>
        <a class="button" href={apiPath(`charts/${hash}.mmd`)} download={`${machine}-${hash}.mmd`}>
          Mermaid
        </a>
        <a class="button" href={apiPath(`charts/${hash}.dot`)} download={`${machine}-${hash}.dot`}>
          DOT
        </a>
        <button type="button" onClick={() => void navigator.clipboard.writeText(location.href)}>
          Copy link
        </button>
      </div>
    </details>
  );
}

const footer = 34;

/** The chart on the screen in the light theme, with the caption below. */
function svgBlob(caption: string) {
  const shown = document.querySelector<SVGSVGElement>('.chart svg');
  if (!shown) return undefined;
  const svg = shown.cloneNode(true) as SVGSVGElement;
  const [, , width = 0, drawn = 0] = (shown.dataset['whole'] ?? '').split(' ').map(Number);
  const height = drawn + footer;
  const size = { viewBox: `0 0 ${width} ${height}`, width, height };
  for (const [key, value] of Object.entries(size)) svg.setAttribute(key, String(value));
  svg.setAttribute('class', 'rollcall-chart theme-light');
  const style = made('style', {});
  style.textContent = stylesheet('light');
  const text = made('text', { class: 'hash', x: 16, y: height - 14 });
  text.textContent = caption;
  svg.prepend(style, made('rect', { class: 'paper', width, height }));
  svg.append(text);
  const type = 'image/svg+xml';
  return { blob: new Blob([new XMLSerializer().serializeToString(svg)], { type }), width, height };
}

function made(name: string, attributes: Readonly<Record<string, string | number>>): SVGElement {
  const element = document.createElementNS('http://www.w3.org/2000/svg', name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, String(value));
  return element;
}

async function pngBlob(caption: string, times: number): Promise<Blob | undefined> {
  const svg = svgBlob(caption);
  if (!svg) return undefined;
  const image = new Image(svg.width, svg.height);
  image.src = URL.createObjectURL(svg.blob);
  await image.decode();
  const canvas = document.createElement('canvas');
  canvas.width = svg.width * times;
  canvas.height = svg.height * times;
  canvas.getContext('2d')?.drawImage(image, 0, 0, canvas.width, canvas.height);
  URL.revokeObjectURL(image.src);
  const { promise, resolve } = Promise.withResolvers<Blob | undefined>();
  canvas.toBlob((blob) => resolve(blob ?? undefined));
  return promise;
}
