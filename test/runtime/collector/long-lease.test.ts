import { expect } from 'vitest';
import { days, minutes, seconds } from '../../../src/domain/time.ts';
import { scenario } from '../support/scenario.ts';

const lease = { ttl: minutes(40), grace: minutes(1) };

scenario(
  'a run with a ttl of 40 minutes is removed after the clock of the server was set back for a day',
  async (fleet) => {
    fleet.sweepEvery = seconds(10);
    fleet.collector('c1');
    const dead = fleet.agent('h1/a', ['web/1']);
    await fleet.advance(minutes(1));
    fleet.world.setClock(-days(1));
    await fleet.kill(dead.process);
    await fleet.advance(3 * lease.ttl + minutes(5));
    expect(fleet.phase('h1/a')).toBe('absent');
  },
  { lease },
);
