import type { Density } from '../../history/query-types.ts';

/** Draws a bar per bin: all changes, problems on top, marks above, and gaps hatched. */
export function paintActivity(
  canvas: HTMLCanvasElement,
  density: Density,
  isCutOff: boolean,
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
  const { bins, from, to, marks, gaps } = density;
  const most = Math.max(1, ...bins.map(([count]) => count));
  const each = width / bins.length;
  const heightOf = (count: number) =>
    count === 0 ? 0 : Math.max(2, (Math.log1p(count) / Math.log1p(most)) * (height - 6));
  bins.forEach(([count, bad], n) => {
    const full = heightOf(count);
    context.fillStyle = colour('--strip');
    context.fillRect(n * each, height - full, Math.max(1, each - 1), full);
    if (bad === 0) return;
    const worse = Math.max(3, full * Math.min(1, bad / count));
    context.fillStyle = colour('--strip-bad');
    context.fillRect(n * each, height - worse, Math.max(1.5, each - 1), worse);
  });
  const xOf = (at: number) => ((at - from) / Math.max(1, to - from)) * width;
  context.fillStyle = colour('--strip-mark');
  for (const { at } of marks) {
    const x = xOf(at);
    context.beginPath();
    context.moveTo(x - 4, 0);
    context.lineTo(x + 4, 0);
    context.lineTo(x, 6);
    context.fill();
  }
  for (const { after, before } of gaps) {
    const [left, right] = [xOf(after), xOf(before)];
    // A gap between two events of the same time is at least `narrowest` wide.
    const wide = Math.max(narrowest, right - left - each);
    hatch(context, (left + right - wide) / 2, wide, height, colour('--dim'));
  }
  if (isCutOff) hatch(context, 0, narrowest, height, colour('--dim'));
}

const narrowest = 6;

/** Hatches a gap. */
function hatch(
  context: CanvasRenderingContext2D,
  left: number,
  width: number,
  height: number,
  colour: string,
): void {
  context.save();
  context.beginPath();
  context.rect(left, 0, width, height);
  context.clip();
  context.strokeStyle = colour;
  context.beginPath();
  for (let x = left - height; x < left + width; x += 4) {
    context.moveTo(x, height);
    context.lineTo(x + height, 0);
  }
  context.stroke();
  context.restore();
}
