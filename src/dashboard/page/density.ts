import type { Density } from '../questions.ts';
import type { WireGap } from '../wire.ts';

/** Paints how much happened: all of it, and over it what was a problem. */
export function paintDensity(
  canvas: HTMLCanvasElement,
  density: Density,
  gaps: readonly WireGap[],
): void {
  const { clientWidth: width, clientHeight: height } = canvas;
  const scale = devicePixelRatio;
  canvas.width = Math.max(1, Math.round(width * scale));
  canvas.height = Math.max(1, Math.round(height * scale));
  const context = canvas.getContext('2d');
  if (!context) return;
  context.scale(scale, scale);
  const style = getComputedStyle(canvas);
  const colour = (name: string) => style.getPropertyValue(name).trim();
  const { bins, from, to, marks } = density;
  const most = Math.max(1, ...bins.map(([count]) => count));
  const each = width / bins.length;
  const tall = (count: number) =>
    count === 0 ? 0 : Math.max(2, (Math.log1p(count) / Math.log1p(most)) * (height - 6));
  bins.forEach(([count, bad], n) => {
    const full = tall(count);
    context.fillStyle = colour('--strip');
    context.fillRect(n * each, height - full, Math.max(1, each - 1), full);
    if (bad === 0) return;
    const worse = Math.max(3, full * Math.min(1, bad / count));
    context.fillStyle = colour('--strip-bad');
    context.fillRect(n * each, height - worse, Math.max(1.5, each - 1), worse);
  });
  context.fillStyle = colour('--strip-mark');
  for (const { at } of marks) {
    const x = ((at - from) / Math.max(1, to - from)) * width;
    context.beginPath();
    context.moveTo(x - 4, 0);
    context.lineTo(x + 4, 0);
    context.lineTo(x, 6);
    context.fill();
  }
  if (gaps.length > 0) hatch(context, Math.min(width, 6 * gaps.length), height, colour('--dim'));
}

/** What is not there any more, at the old end. */
function hatch(
  context: CanvasRenderingContext2D,
  width: number,
  height: number,
  colour: string,
): void {
  context.strokeStyle = colour;
  for (let x = -height; x < width; x += 4) {
    context.beginPath();
    context.moveTo(Math.max(0, x), height - Math.max(0, -x));
    context.lineTo(Math.min(width, x + height), Math.max(0, height - (width - x)));
    context.stroke();
  }
}
