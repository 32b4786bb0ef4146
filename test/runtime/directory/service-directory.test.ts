import { isIP } from 'node:net';
import { describe, expect } from 'vitest';
import { minutes, seconds } from '../../../src/domain/time.ts';
import { noopMetrics } from '../../../src/ports/metrics.ts';
import { ServiceDirectory } from '../../../src/runtime/directory/service-directory.ts';
import type { FleetInMemory } from '../support/fleet-in-memory.ts';
import { scenario } from '../support/scenario.ts';

/** A view of a process of its own, which `follow` connects. */
function viewOf(
  fleet: FleetInMemory,
  more: Partial<ConstructorParameters<typeof ServiceDirectory>[1]> = {},
) {
  const process = fleet.process('consumer');
  const ports = { ...process.ports, metrics: noopMetrics };
  const view = new ServiceDirectory(ports, { keepLast: minutes(10), isIp: isIP, ...more });
  return { process, view, follow: () => view.follow(ports) };
}
const idsOf = (view: ServiceDirectory) =>
  view.usable('http', 'web', 'prefer-live').map(({ id, reason }) => `${id} ${reason}`);

describe('the view of a door or driver', () => {
  scenario('is empty until it is complete, and reports that', async (fleet) => {
    fleet.agent('h1/a', ['web/1']);
    await fleet.advance(seconds(1));
    const { view, process, follow } = viewOf(fleet);
    expect(view.status).toMatchObject({ isComplete: false, source: 'snapshot' });
    process.line.down = true;
    void follow();
    await fleet.advance(seconds(5));
    expect(view.status.isComplete).toBe(false);
    expect(view.snapshot()).toBeUndefined();
    process.line.down = false;
    await fleet.advance(seconds(10));
    expect(view.status).toMatchObject({ isComplete: true, source: 'store' });
    expect(view.services()).toEqual(['web']);
  });

  scenario('reports the services that change, and the end of kept instances', async (fleet) => {
    fleet.collector('c1');
    await fleet.advance(seconds(1));
    const { view, follow } = viewOf(fleet);
    const changed: string[] = [];
    view.onChange((services) => void changed.push([...services].sort().join()));
    void follow();
    await fleet.advance(seconds(1));
    const one = fleet.agent('h1/a', ['web/1']);
    await fleet.advance(seconds(2));
    const before = view.version('web');
    fleet.agent('h2/a', ['db/1']);
    await fleet.advance(seconds(2));
    expect(view.version('web')).toBe(before);
    await fleet.kill(one.process);
    await fleet.advance(minutes(1));
    expect(idsOf(view)).toEqual(['1 unreachable']);
    expect([...view.services()].sort()).toEqual(['db', 'web']);
    const dark = view.version('web');
    expect(dark).toBeGreaterThan(before);
    await fleet.advance(minutes(10));
    expect(idsOf(view)).toEqual([]);
    expect(view.hasService('web')).toBe(false);
    expect(view.version('web')).toBeGreaterThan(dark);
    expect(changed).toContain('web');
  });

  scenario(
    'returns the saved instances while the store does not answer, and keeps those whose records are gone',
    async (fleet) => {
      fleet.collector('c1');
      await fleet.advance(seconds(1));
      const first = viewOf(fleet);
      void first.follow();
      const one = fleet.agent('h1/a', ['web/1']);
      await fleet.advance(seconds(2));
      const saved = first.view.snapshot();
      await fleet.kill(one.process);
      await fleet.advance(minutes(1));
      const second = viewOf(fleet, { saved });
      second.process.line.down = true;
      void second.follow();
      await fleet.advance(seconds(1));
      expect(idsOf(second.view)).toEqual([]);
      second.view.useSaved();
      expect(idsOf(second.view)).toEqual(['1 unobserved']);
      expect(second.view.usable('http', 'web', 'strict')).toEqual([]);
      expect(second.view.status.age).toBeGreaterThan(minutes(1));
      second.process.line.down = false;
      await fleet.advance(seconds(10));
      expect(second.view.status.source).toBe('store');
      expect(second.view.rows('web')).toEqual([]);
      expect(idsOf(second.view)).toEqual(['1 unobserved']);
      await fleet.advance(minutes(9));
      expect(idsOf(second.view)).toEqual([]);
    },
  );
});
