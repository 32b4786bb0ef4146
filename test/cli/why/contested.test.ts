import { expect } from 'vitest';
import { seconds } from '../../../src/domain/time.ts';
import { scenario } from '../../runtime/support/scenario.ts';
import { until } from '../../runtime/support/until.ts';
import { explained, saying } from './explained.ts';

scenario(
  'rollcall why names the later registration that counts, not a later one of a dead agent',
  async (fleet) => {
    const c = fleet.collector('watch');
    fleet.agent('h1/a', ['web/w1']);
    await fleet.advance(seconds(5));
    fleet.agent('h2/a', ['web/w1']);
    await fleet.advance(seconds(5));
    const last = fleet.agent('h3/a', ['web/w1']);
    await fleet.advance(seconds(5));
    const ofFirst = async () =>
      (await explained(fleet, 'instance:web/w1'))
        .map(saying)
        .find((text) => text.startsWith('web/w1 on h1/a is dubious'));
    expect(await ofFirst()).toContain('h3/a registered the same name');
    await fleet.kill(last.process);
    expect(await ofFirst()).not.toContain('neither is live');
    await until(fleet, () => fleet.phase('h3/a') === 'live, unreachable');
    expect(await ofFirst()).toContain('That one is dubious (unreachable), so neither is live.');
    await fleet.advance(fleet.lease.grace - seconds(3));
    c.process.view.close(); // it removes only what it sees, and is blind only after 5 s
    await until(fleet, () => fleet.phase('h3/a') === 'expired');
    expect(await ofFirst()).toContain('h2/a registered the same name');
    expect(await ofFirst()).not.toContain('neither is live');
    c.process.view.open();
  },
);
