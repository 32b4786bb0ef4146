import type { Command } from './command.ts';
import { agent } from './commands/agent.ts';
import { agents } from './commands/agents.ts';
import { collector } from './commands/collector.ts';
import { ps } from './commands/ps.ts';
import { up } from './commands/up.ts';

/** Every command, in the order of the help. */
export const commands: readonly Command[] = [up, ps, agents, agent, collector];
