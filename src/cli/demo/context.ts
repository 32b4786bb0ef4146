import { systemAdapters } from '../../composition/system-adapters.ts';
import { compareInstances } from '../../domain/fleet/row-order.ts';
import { type Millis, seconds } from '../../domain/time.ts';
import { instanceTable } from '../tables/instance-table.ts';
import type { Terminal } from '../terminal/io.ts';
import type { DemoAgent } from './demo-agent.ts';
import type { DemoEnvironment } from './environment.ts';
import type { Narrator } from './narrator.ts';

/** Time limit of each step, generous for slow machines. */
const within: Millis = seconds(30);

/** Environment, narrator and terminal of the chapters. */
export interface DemoContext {
  readonly stage: DemoEnvironment;
  readonly narrator: Narrator;
  readonly io: Terminal;
}

/** Waits until `claim` is true; returns the time it took, undefined on timeout. */
export const until = (
  { stage, narrator }: DemoContext,
  text: string,
  claim: () => boolean,
): Promise<Millis | undefined> => narrator.waiting(text, () => stage.until(claim, within));

/** The state of an agent's instance as consumers see it, with the reason if dubious. */
export function seen({ stage }: DemoContext, actor: DemoAgent): string {
  const row = stage.row(actor);
  if (!row) return 'gone';
  return row.reason === null ? row.state : `${row.state} (${row.reason})`;
}

/** Whether the run is suspect; without a collector it would be dubious for another reason. */
export const isSuspected = (telling: DemoContext, actor: DemoAgent): boolean =>
  /^dubious \((silent|unreachable)\)$/.test(seen(telling, actor));

/** Prints the current view. */
export function printInstances({ stage, narrator, io }: DemoContext): void {
  const rows = stage.directory.instances().toSorted(compareInstances);
  const look = { width: io.columns - 2, palette: io.palette };
  narrator.say('');
  narrator.block(instanceTable(rows, systemAdapters.clock.wall(), look));
  narrator.say('');
}
