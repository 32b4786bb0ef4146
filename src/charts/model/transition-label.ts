import type { ChartEdge } from './chart-data.ts';

/** The cause of a transition. It determines colour and icon. */
export type TransitionTrigger = 'event' | 'timer' | 'done' | 'error' | 'always';

export interface TransitionLabel {
  readonly trigger: TransitionTrigger;
  /** The event as a person reads it, for instance `after 10 s`. */
  readonly event: string;
  readonly guard: string | null;
  readonly actions: readonly string[];
}

/** The label of a transition. XState's internal event names become readable text. */
export function labelOf({ event, source, guard, actions }: ChartEdge): TransitionLabel {
  return { ...triggerOf(event, source), guard, actions };
}

function triggerOf(event: string, source: string): Pick<TransitionLabel, 'trigger' | 'event'> {
  if (event === '') return { trigger: 'always', event: 'always' };
  if (event === '*') return { trigger: 'event', event: 'anything else' };
  const after = /^xstate\.after\.(.+)$/s.exec(event)?.[1];
  if (after !== undefined) {
    const delay = after.endsWith(`.${source}`) ? after.slice(0, -source.length - 1) : after;
    return { trigger: 'timer', event: `after ${delayText(delay)}` };
  }
  if (event.startsWith('xstate.done.state.')) return { trigger: 'done', event: 'all done' };
  if (event.startsWith('xstate.done.actor.')) return { trigger: 'done', event: 'done' };
  if (event.startsWith('xstate.error.actor.')) return { trigger: 'error', event: 'error' };
  return { trigger: 'event', event };
}

/** A delay is a name, or a number of milliseconds. */
function delayText(delay: string): string {
  if (!/^\d+$/.test(delay)) return delay;
  const ms = Number(delay);
  if (ms < 1000 || ms % 1000 !== 0) return `${ms} ms`;
  if (ms % 60_000 !== 0) return `${ms / 1000} s`;
  return `${ms / 60_000} min`;
}

/** A label as one line: `lapsed [it was announced] / regrant`. */
export function labelText({ event, guard, actions }: TransitionLabel): string {
  const condition = guard === null ? '' : ` [${guard}]`;
  return `${event}${condition}${actions.length > 0 ? ` / ${actions.join(', ')}` : ''}`;
}
