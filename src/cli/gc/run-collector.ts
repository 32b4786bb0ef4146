import type { Readiness } from '../../composition/metrics-endpoint.ts';
import { systemAdapters } from '../../composition/system-adapters.ts';
import type { RunRef } from '../../domain/identity/names.ts';
import type { LeasePolicy } from '../../domain/policy/lease-policy.ts';
import type { Ports } from '../../ports/ports.ts';
import type { AnchorOptions } from '../../runtime/audit/anchors/anchor-writer.ts';
import { Collector } from '../../runtime/collector/collector.ts';
import type { ProcessTransition } from '../../runtime/transitions/process-chain.ts';
import { clockTime } from '../terminal/format-time.ts';
import type { Terminal } from '../terminal/io.ts';
import { documentLine } from '../terminal/iso-times.ts';

interface RunCollectorOptions extends LeasePolicy {
  readonly readiness: Readiness;
  readonly json: boolean;
  readonly anchors?: AnchorOptions | undefined;
}

/** Runs a collector and prints its transitions; `started` runs before the first of them. */
export function runCollector(
  me: RunRef,
  { ttl, grace, json, anchors, readiness }: RunCollectorOptions,
  ports: Ports,
  io: Terminal,
  started: () => void,
): Collector {
  started();
  io.started('collecting');
  readiness.report('start', undefined);
  const onTransition = (transition: ProcessTransition) => {
    reportSight(readiness, transition);
    const line = json ? jsonTransition(transition, me) : humanTransition(transition, io);
    if (line !== '') io.out(line);
  };
  return new Collector(me, { lease: { ttl, grace }, anchors, onTransition }, ports);
}

/** A standby is ready: it takes a seat that becomes free. A blind collector is not. */
function reportSight(readiness: Readiness, { event: { type } }: ProcessTransition): void {
  if (type === 'blinded')
    readiness.report(
      'sight',
      'it is blind: it does not see its seat renewed, or its watches receive nothing',
    );
  else if (type === 'sighted' || type === 'unseated') readiness.report('sight', undefined);
}

function jsonTransition({ machine, event, from, to }: ProcessTransition, me: RunRef): string {
  const { type, ...more } = event;
  const at = systemAdapters.clock.wall();
  return documentLine({
    event: 'transition',
    machine,
    type,
    from,
    to,
    ...me,
    term: 0,
    at,
    ...more,
  });
}

function humanTransition({ event }: ProcessTransition, { palette }: Terminal): string {
  const label = words[event.type];
  if (label === undefined) return '';
  const why = typeof event['why'] === 'string' ? `: ${event['why']}` : '';
  const seat = typeof event['seat'] === 'number' ? ` ${event['seat']}` : '';
  return `${palette.dim(clockTime(systemAdapters.clock.wall()))} collector ${label}${seat}${why}`;
}

const words: Readonly<Record<string, string>> = {
  seated: 'took seat',
  sighted: 'watches all runs',
  'removal-begun': 'removes what a dead run left',
  'removal-done': 'completed a removal',
  blinded: 'is BLIND and judges no run',
  unseated: 'lost its seat',
  stopped: 'stopped',
};
