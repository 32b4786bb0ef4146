import { expect } from 'vitest';
import { seconds } from '../../../src/domain/time.ts';
import type { CommitWait } from '../../../src/ports/registry.ts';
import { scenario } from '../support/scenario.ts';

scenario(
  'an agent waits a minute for the commits of its start, and longer after each without an answer',
  async (fleet) => {
    const process = fleet.process('h1');
    const { registry } = process.ports;
    const { commit } = registry;
    const waits: (number | undefined)[] = [];
    let unanswered = 0;
    Object.assign(registry, {
      commit: async (request: Parameters<typeof commit>[0], wait: CommitWait = {}) => {
        waits.push(wait.within);
        expect(wait.signal?.aborted).toBe(false);
        const outcome = await commit.call(registry, request, wait);
        unanswered -= 1;
        return unanswered >= 0 ? { outcome: 'unknown', why: 'no answer' } : outcome;
      },
    });
    const { agent } = fleet.agent('h1/a', ['web/1'], { process });
    await fleet.advance(seconds(2));
    expect(waits.splice(0)).toEqual([seconds(60)]);
    unanswered = 5;
    agent.report({ service: 'web', id: '1' } as never, { state: 'failing', detail: 'disk full' });
    await fleet.advance(seconds(60));
    expect(waits.splice(0)).toEqual([5, 10, 20, 40, 60, 60].map(seconds));
    agent.report({ service: 'web', id: '1' } as never, { state: 'serving' });
    await fleet.advance(seconds(2));
    expect(waits).toEqual([seconds(5)]);
  },
);
