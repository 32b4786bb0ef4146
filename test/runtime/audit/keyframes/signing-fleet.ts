import { type Millis, seconds } from '../../../../src/domain/time.ts';
import { FleetInMemory, specOf } from '../../support/fleet-in-memory.ts';

/** The sequences of the keyframes, and how often each was signed. */
export const kept = ({ world }: FleetInMemory): number[] => [...world.keyframes.keys()];
export const signed = ({ audit }: FleetInMemory): unknown[] =>
  audit.events.filter(({ event }) => event.type === 'kept').map(({ event }) => event['seq']);

/** An agent whose instance is changed this many times, each time with an event. */
export async function busyFleet(lease?: { ttl: number; grace: number }) {
  const fleet = new FleetInMemory(lease ? { lease } : {});
  const { agent } = fleet.agent('h1/a', ['web/1']);
  await fleet.advance(seconds(1));
  let port = 0;
  const change = async (times: number, every: Millis = seconds(1)) => {
    for (let n = 0; n < times; n += 1) {
      port += 1;
      agent.replace([{ ...specOf('web/1'), port }]);
      await fleet.advance(every);
    }
  };
  return { fleet, change };
}
