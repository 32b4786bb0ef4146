import { Fault } from '../../domain/fault.ts';
import { builtInCharts } from '../../runtime/transitions/publish-charts.ts';

/** The first event of a chain, which is no edge of its machine. */
const firstEvents = ['started', 'registered', 'opened', 'planned', 'tripped', 'adopted'];

/** What `--kind` accepts: machines (`run`) and the types of their events (`suspected`). */
export function eventKinds(): readonly string[] {
  const charts = builtInCharts();
  const types = charts.flatMap(({ edges }) => edges.map(({ event }) => event));
  return [...new Set([...charts.map(({ machine }) => machine), ...types, ...firstEvents])]
    .filter((kind) => /^[a-z][a-z-]*$/.test(kind))
    .toSorted();
}

/** @throws {Fault} `bad-setting` for a kind that no event can have */
export function refuseUnknownKinds(kinds: readonly string[]): void {
  const known = eventKinds();
  const unknown = kinds.find((kind) => !known.includes(kind));
  if (unknown === undefined) return;
  throw new Fault('bad-setting', `--kind '${unknown.slice(0, 80)}' is no machine and no event`, {
    hint: `kinds: ${known.join(' ')}`,
  });
}
