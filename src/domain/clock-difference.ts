import { type Millis, seconds } from './time.ts';

/** Two wall clocks agree if they differ by no more than this. */
const clockTolerance: Millis = seconds(2);

/** Whether two wall clocks agree, such as those of a server and of a process. `offset` is their difference. */
export const clocksAgree = (offset: Millis): boolean => Math.abs(offset) <= clockTolerance;
