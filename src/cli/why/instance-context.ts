import type { InstanceRow } from '../../domain/fleet/directory-rows.ts';
import type { AgentView } from '../../domain/fleet/fleet.ts';
import type { StoredAgent, StoredInstance } from '../../domain/records/stored-record.ts';
import type { WallTime } from '../../domain/time.ts';
import type { ExplanationContext } from './context.ts';
import type { RunLife } from './run-history.ts';

/** Data for the explanation of an instance. */
export interface InstanceContext {
  readonly ground: ExplanationContext;
  readonly stored: StoredInstance;
  readonly slot: AgentView;
  readonly row: InstanceRow;
  readonly name: string;
  /** History of its owner. */
  readonly life: RunLife;
  readonly lease: string | undefined;
}

interface Next {
  readonly what: string;
  readonly at: WallTime | null;
}

export interface Paragraph {
  readonly sentences: readonly [what: string, before: string, next: string];
  readonly next: Next;
}

/** The record of the agent, if it can be read. */
export const agentOf = ({ agent }: AgentView): StoredAgent | undefined =>
  agent?.kind === 'stored' ? agent : undefined;
