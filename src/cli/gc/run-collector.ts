import { systemAdapters } from '../../composition/system-adapters.ts';
import type { RunRef } from '../../domain/identity/names.ts';
import type { LeasePolicy } from '../../domain/policy/lease-policy.ts';
import type { Ports } from '../../ports/ports.ts';
import { Collector } from '../../runtime/collector/collector.ts';
import type { ProcessTransition } from '../../runtime/transitions/process-chain.ts';
import { jsonLine } from '../terminal/escape-terminal.ts';
import { clockTime } from '../terminal/format-time.ts';
import type { Terminal } from '../terminal/io.ts';

/** A collector that says what it does; `started` speaks first. */
export function runCollector(
  me: RunRef,
  { ttl, grace, json }: LeasePolicy & { readonly json: boolean },
  ports: Ports,
  io: Terminal,
  started: () => void,
): Collector {
  started();
  const onTransition = (transition: ProcessTransition) => {
    const line = json ? jsonTransition(transition, me) : humanTransition(transition, io);
    if (line !== '') io.out(line);
  };
  return new Collector(me, { lease: { ttl, grace }, onTransition }, ports);
}

function jsonTransition({ machine, event, from, to }: ProcessTransition, me: RunRef): string {
  const { type, ...more } = event;
  const at = systemAdapters.clock.wall();
  return jsonLine({ event: 'transition', machine, type, from, to, ...me, term: 0, at, ...more });
}

function humanTransition({ event }: ProcessTransition, { palette }: Terminal): string {
  const said = words[event.type];
  if (said === undefined) return '';
  const why = typeof event['why'] === 'string' ? `: ${event['why']}` : '';
  const seat = typeof event['seat'] === 'number' ? ` ${event['seat']}` : '';
  return `${palette.dim(clockTime(systemAdapters.clock.wall()))} collector ${said}${seat}${why}`;
}

const words: Readonly<Record<string, string>> = {
  seated: 'holds seat',
  sighted: 'watches',
  'removal-begun': 'removes what a dead run left',
  'removal-done': 'has removed it',
  blinded: 'is BLIND and judges nobody',
  unseated: 'lost its seat',
  stopped: 'has stopped',
};
