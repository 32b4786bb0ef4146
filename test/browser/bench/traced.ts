/** One event of a trace as Chromium writes it. Times are microseconds of one clock for all processes. */
interface TraceEvent {
  readonly name: string;
  readonly cat: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts: number;
  readonly dur?: number;
  /** CPU time of the thread: what others took meanwhile is not in it. */
  readonly tdur?: number;
  readonly args?: { readonly id?: string };
}

/** What a step cost, in ms. */
export interface TracedStep {
  /** From the input, by its own time stamp, until the frame with the other moment was on the screen. */
  readonly seen: number;
  /** CPU of the page's main thread until then: script, style, layout, paint, whatever it ran. */
  readonly work: number;
  /** The same by the clock: with what others took of the core, and with waiting for the compositor. */
  readonly busy: number;
}

/** What has to be recorded for `stepsOf`. */
export const traceCategories = ['toplevel', 'blink.user_timing', 'devtools.timeline'];

/**
 * Steps as a trace tells them: each begins with the mark `begun` and has changed the page at `said`. The
 * frame that was made around that or after it is the one that is waited for.
 */
export function stepsOf(trace: Buffer): TracedStep[] {
  const { traceEvents } = JSON.parse(trace.toString()) as { traceEvents: TraceEvent[] };
  const marks = traceEvents
    .filter(({ cat, name }) => cat === 'blink.user_timing' && (name === 'begun' || name === 'said'))
    .sort((a, b) => a.ts - b.ts);
  const [first] = marks;
  if (!first) throw new Error('no step is in the trace');
  const own = traceEvents
    .filter(({ pid, tid }) => pid === first.pid && tid === first.tid)
    .sort((a, b) => a.ts - b.ts);
  const tasks = own.filter(
    ({ name, ph }) => name === 'ThreadControllerImpl::RunTask' && ph === 'X',
  );
  const frames = framesOf(own);
  return marks.flatMap((begun, n) => {
    if (begun.name !== 'begun') return [];
    const said = marks[n + 1];
    if (said?.name !== 'said') throw new Error('a step did not change the page');
    const frame = frames.find(({ end }) => end >= said.ts);
    if (!frame) return [];
    const during = tasks.filter(
      ({ ts, dur = 0 }) => ts + dur >= begun.ts && ts <= Math.max(frame.end, said.ts),
    );
    const sum = (part: 'dur' | 'tdur') =>
      during.reduce((all, task) => all + (task[part] ?? 0), 0) / 1000;
    return [{ seen: (frame.seen - begun.ts) / 1000, work: sum('tdur'), busy: sum('dur') }];
  });
}

interface Frame {
  readonly end: number;
  readonly seen: number;
}

/** The frames that came to the screen, by when the page had made them. */
function framesOf(events: readonly TraceEvent[]): Frame[] {
  const seen = new Map<string, number>();
  for (const { name, ts, args } of events) {
    if (name === 'AnimationFrame::Presentation' && args?.id !== undefined) seen.set(args.id, ts);
  }
  const frames: Frame[] = [];
  let id: string | undefined;
  for (const { name, ph, ts, args } of events) {
    if (name !== 'AnimationFrame') continue;
    if (ph === 'b') id = args?.id;
    const at = id === undefined ? undefined : seen.get(id);
    if (ph === 'e' && at !== undefined) frames.push({ end: ts, seen: at });
  }
  return frames;
}
