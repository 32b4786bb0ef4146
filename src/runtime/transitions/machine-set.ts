import { brakeMachine } from '../../../machines/brake.ts';
import { collectorMachine } from '../../../machines/collector.ts';
import { drainMachine } from '../../../machines/drain.ts';
import { holdMachine } from '../../../machines/hold.ts';
import { instanceMachine } from '../../../machines/instance.ts';
import { policyMachine } from '../../../machines/policy.ts';
import { runMachine } from '../../../machines/run.ts';
import { sessionMachine } from '../../../machines/session.ts';
import { storeMachine } from '../../../machines/store.ts';
import { compileMachine } from './transition.ts';

/**
 * The compiled machines. Compiled once, because the hash of a chart costs a walk over the machine.
 */
export const run = compileMachine(runMachine);
export const instance = compileMachine(instanceMachine);
export const session = compileMachine(sessionMachine);
export const collector = compileMachine(collectorMachine);
export const hold = compileMachine(holdMachine);
export const drain = compileMachine(drainMachine);
export const brake = compileMachine(brakeMachine);
export const policy = compileMachine(policyMachine);
export const store = compileMachine(storeMachine);
