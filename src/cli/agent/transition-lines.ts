import { systemAdapters } from '../../composition/system-adapters.ts';
import type { Agent, AgentOptions } from '../../runtime/agent/agent.ts';
import type { ProcessTransition } from '../../runtime/transitions/process-chain.ts';
import { escapeControls } from '../terminal/escape-terminal.ts';
import { clockTime } from '../terminal/format-time.ts';
import type { Terminal } from '../terminal/io.ts';
import { documentLine } from '../terminal/iso-times.ts';

/**
 * Prints the transitions of an agent's session. With --json the first line is `ready` with the address
 * of the metrics and of the local API, if they are open by then; earlier transitions follow it, so that a script can rely on the first line.
 */
export function printTransitions(
  io: Terminal,
  json: boolean,
  endpoints: () => { readonly metrics: string | null; readonly api?: string | undefined },
): AgentOptions['onTransition'] {
  const before: string[] = [];
  let ready = false;
  let term = 0;
  return (transition, agent) => {
    // After leaving, the agent has no record; keep its last term.
    if (agent.term > 0 || transition.to === 'connecting') term = agent.term;
    const identity = { ...agent.slot, run: agent.run, term };
    const line = json
      ? jsonTransition(transition, identity)
      : humanTransition(transition, agent, io);
    if (!json) return void (line && io.out(line));
    if (!ready && transition.to !== 'serving') return void before.push(line);
    if (!ready) {
      // JSON leaves out what is undefined.
      io.out(documentLine({ event: 'ready', ...identity, pid: io.pid, ...endpoints() }));
      for (const early of before) io.out(early);
    }
    ready = true;
    io.out(line);
  };
}

function jsonTransition({ machine, event, from, to }: ProcessTransition, identity: object): string {
  const { type, ...more } = event;
  const at = systemAdapters.clock.wall();
  return documentLine({ event: 'transition', machine, type, from, to, ...identity, at, ...more });
}

const words: Readonly<Record<string, string>> = {
  claiming: 'has a lease, claims its slot',
  reconciling: 'has its slot, registers its instances',
  serving: 'is live',
  lapsed: 'LAPSED: not live until it has a lease again',
  leaving: 'is leaving',
  fenced: 'lost its slot to another run, or its record was removed',
  stopped: 'left',
};

/** Events that tell more than the state after them. */
const eventLabels: Readonly<Record<string, string>> = {
  suspected: 'was suspected and refuted the suspicion',
  'gave-up':
    'stopped without telling the store, which does not answer: its instances stay until its lease lapses',
};

/** Empty if the state is unchanged, except for a suspicion. */
function humanTransition(
  { event, from, to }: ProcessTransition,
  agent: Agent,
  io: Terminal,
): string {
  if (from === to && event.type !== 'suspected') return '';
  const state = String(to);
  const { palette } = io;
  const paint =
    state === 'serving' ? palette.live : state === 'lapsed' ? palette.dubious : palette.dim;
  const label = eventLabels[event.type] ?? words[state];
  const why = reasonOf(event);
  const who = `${agent.slot.host}/${agent.slot.agent}`;
  const term = state === 'serving' ? palette.dim(` (run ${agent.run}, term ${agent.term})`) : '';
  const text = `${escapeControls(who)} ${paint(label ?? state)}${why && `: ${escapeControls(why)}`}${term}`;
  return `${palette.dim(clockTime(systemAdapters.clock.wall()))} ${text}`;
}

function reasonOf(event: ProcessTransition['event']): string {
  const why = event['why'] ?? event['cause'];
  return typeof why === 'string' ? why : '';
}
