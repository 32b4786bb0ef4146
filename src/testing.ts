export { startTestFleet, type TestFleet, type TestFleetOptions } from './library/test-fleet.ts';
