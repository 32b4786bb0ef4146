import { describe, expect } from 'vitest';
import { seconds } from '../../../../src/domain/time.ts';
import { scenario } from '../../support/scenario.ts';

describe('a collector that gives its seat up while a verdict waits for an answer', () => {
  scenario('writes no expiry when the answer comes', async (fleet) => {
    const { collector, process } = fleet.collector('c1');
    const agent = fleet.agent('h1/a', ['web/1']);
    await fleet.advance(seconds(10));
    const asked = Promise.withResolvers<void>();
    const answer = Promise.withResolvers<'no-responders'>();
    const { messaging } = process.ports;
    let pings = 0;
    Object.assign(messaging, {
      ping() {
        pings += 1;
        if (pings === 1) return Promise.resolve('no-responders');
        asked.resolve();
        return answer.promise;
      },
    });
    await fleet.kill(agent.process);
    // Suspect at once, because the connection closed; the expiry asks once more after the grace.
    await fleet.advance(fleet.lease.grace + seconds(5));
    await asked.promise;
    const stopped = collector.stop();
    await fleet.advance(10);
    answer.resolve('no-responders');
    await fleet.advance(seconds(5));
    await stopped;
    const types = fleet.audit.events.map(({ event }) => event.type);
    expect(types).toContain('suspected');
    expect(types).not.toContain('expired');
  });
});
