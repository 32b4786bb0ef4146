import { signal } from '@preact/signals';
import { isOf, readSubject } from '../model/subject.ts';
import {
  extent,
  fleet,
  moment,
  neighbour,
  queryHistory,
  route,
  seek,
  seekAtTime,
} from './store.ts';

/** Playback runs this much faster than real time and skips periods without a change. */
const speed = 8;
export const isPlaying = signal(false);

/** Playback skips periods without a change that are longer than this. */
const quiet = 5000;

let frame = 0;
let at = 0;
let last = 0;

/** Starts at the current moment, or at the beginning if that is the end. */
export function play(): void {
  const here = moment.peek();
  const all = extent.peek();
  if (!here || !all) return;
  at = here.head || here.newer === 0 ? all.firstAt : here.at;
  if (here.head || here.newer === 0) seek(Math.max(all.floor, all.from));
  last = performance.now();
  isPlaying.value = true;
  frame = requestAnimationFrame(turn);
}

export function pause(): void {
  isPlaying.value = false;
  cancelAnimationFrame(frame);
}

function turn(time: number): void {
  if (!isPlaying.peek()) return;
  at += (time - last) * speed;
  last = time;
  const all = extent.peek();
  if (all && at >= all.lastAt) {
    pause();
    seek('head');
    return;
  }
  seekAtTime(at);
  void skip();
  frame = requestAnimationFrame(turn);
}

let looking = false;
async function skip(): Promise<void> {
  if (looking) return;
  looking = true;
  const next = await queryHistory<number>({ ask: 'after', at });
  looking = false;
  if (isPlaying.peek() && next - at > quiet) at = next - quiet / 2;
}

interface Wanted {
  /** Only transitions of the selected entity. */
  readonly selected?: boolean;
  readonly problems?: boolean;
}

/** Seeks to the next transition in one direction. */
export async function nextStep(
  forward: boolean,
  { selected = false, problems = false }: Wanted = {},
) {
  pause();
  const here = moment.peek();
  if (!here) return;
  const near = selected || problems ? undefined : neighbour(forward);
  if (near !== undefined) {
    seek(near);
    return;
  }
  const subject = readSubject(route.peek().params['sel'] ?? route.peek().params['of']);
  const entities =
    selected && subject
      ? fleet.entities.flatMap((entity, number) => (isOf(subject, entity) ? [number] : []))
      : null;
  const to = await queryHistory<number | undefined>({
    ask: 'step',
    from: here.seq,
    forward,
    entities,
    problems,
  });
  if (to !== undefined) seek(to);
  else if (forward && !problems) seek('head');
}
