import { systemAdapters } from '../../composition/system-adapters.ts';
import { compareInstances } from '../../domain/fleet/row-order.ts';
import { type Millis, seconds } from '../../domain/time.ts';
import { instanceTable } from '../tables/instance-table.ts';
import type { Terminal } from '../terminal/io.ts';
import type { DemoAgent } from './demo-agent.ts';
import type { DemoEnvironment } from './environment.ts';
import type { Narrator } from './narrator.ts';

/** Longer than anything takes; a machine may be slow, a story that never ends is none. */
const within: Millis = seconds(30);

/** What every chapter is told with. */
export interface DemoContext {
  readonly stage: DemoEnvironment;
  readonly narrator: Narrator;
  readonly io: Terminal;
}

/** How long it took until consumers saw this; undefined: they did not. */
export const until = (
  { stage, narrator }: DemoContext,
  text: string,
  claim: () => boolean,
): Promise<Millis | undefined> => narrator.waiting(text, () => stage.until(claim, within));

/** What consumers see of an actor: its instance's state, and for a dubious one why. */
export function seen({ stage }: DemoContext, actor: DemoAgent): string {
  const row = stage.row(actor);
  if (!row) return 'gone';
  return row.reason === null ? row.state : `${row.state} (${row.reason})`;
}

/** Whether its run is suspected; a view without a collector would call it dubious as well. */
export const isSuspected = (telling: DemoContext, actor: DemoAgent): boolean =>
  /^dubious \((silent|unreachable)\)$/.test(seen(telling, actor));

/** The view as it is now. */
export function printInstances({ stage, narrator, io }: DemoContext): void {
  const rows = stage.directory.instances().toSorted(compareInstances);
  const look = { width: io.columns - 2, palette: io.palette };
  narrator.say('');
  narrator.block(instanceTable(rows, systemAdapters.clock.wall(), look));
  narrator.say('');
}
