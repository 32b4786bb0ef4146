import { brakeMachine } from '../../../machines/brake.ts';
import { collectorMachine } from '../../../machines/collector.ts';
import { holdMachine } from '../../../machines/hold.ts';
import { instanceMachine } from '../../../machines/instance.ts';
import { policyMachine } from '../../../machines/policy.ts';
import { runMachine } from '../../../machines/run.ts';
import { sessionMachine } from '../../../machines/session.ts';
import { steppable } from './transition.ts';

/** The machines, made ready for stepping once: the chart's hash costs a walk. */
export const run = steppable(runMachine);
export const instance = steppable(instanceMachine);
export const session = steppable(sessionMachine);
export const collector = steppable(collectorMachine);
export const hold = steppable(holdMachine);
export const brake = steppable(brakeMachine);
export const policy = steppable(policyMachine);
