/** An event of a Chromium trace. Times are in microseconds, by one clock for all processes. */
interface TraceEvent {
  readonly name: string;
  readonly cat: string;
  readonly ph: string;
  readonly pid: number;
  readonly tid: number;
  readonly ts: number;
  readonly dur?: number;
  /** CPU time of the thread, without other threads. */
  readonly tdur?: number;
  readonly args?: { readonly id?: string };
}

/** The cost of a step, in ms. */
export interface TracedStep {
  /** From the time stamp of the input until the frame with the new moment is on the screen. */
  readonly seen: number;
  /** CPU time of the page's main thread until then: script, style, layout, paint. */
  readonly work: number;
  /** The same as elapsed time, including other threads and the wait for the compositor. */
  readonly busy: number;
}

/** The trace categories that `stepsOf` needs. */
export const traceCategories = ['toplevel', 'blink.user_timing', 'devtools.timeline'];

/**
 * The steps in a trace. A step begins at the mark `begun` and has changed the page at the mark `said`. Its
 * frame is the one produced at or after that change.
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

/** The frames shown on the screen, by the time the page produced them. */
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
