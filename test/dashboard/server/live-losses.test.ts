import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { memoryStore } from '../../../src/adapters/memory/store.ts';
import { LiveSource } from '../../../src/dashboard/server/history/live-source.ts';
import { RunId } from '../../../src/domain/identity/names.ts';
import { minutes, seconds } from '../../../src/domain/time.ts';
import { recordLosses } from '../../../src/runtime/operator/record-losses.ts';
import { keepingCollector } from '../../runtime/support/event-source.ts';
import { FleetInMemory, slotAt } from '../../runtime/support/fleet-in-memory.ts';

let fleet: FleetInMemory;
let source: LiveSource;
let copy: ReturnType<FleetInMemory['world']['audit']['copy']>;

/** The agents that the source shows at its end. */
const shown = () => {
  const index = source.index();
  const { states } = index.stateAt({ seq: index.last });
  const of = [...states.keys()].map((number) => index.entity(number));
  return of.flatMap((one) => (one.entity === 'run' ? [one.host] : [])).sort();
};
const present = async () =>
  (await memoryStore(fleet.world).registry.list(['agent.>'], 0))
    .flatMap(({ key, text }) => (text === undefined ? [] : [key.split('.')[1]]))
    .sort();

beforeEach(async () => {
  fleet = new FleetInMemory();
  keepingCollector(fleet, 10_000);
  fleet.agent('h1/stays', ['web/1']);
  const leaving = fleet.agent('h2/leaves', ['web/2']);
  await fleet.advance(seconds(15));
  copy = fleet.world.audit.copy();
  source = new LiveSource('memory', fleet.process('viewer').ports);
  fleet.agent('h3/meanwhile', ['web/3']);
  await leaving.agent.stop();
  await fleet.advance(seconds(15));
  fleet.world.audit.restore(copy);
});

afterEach(async () => {
  const closing = source[Symbol.asyncDispose]();
  await fleet.advance(seconds(20));
  await closing;
});

describe('a live source whose audit was put back to an older copy', () => {
  it.each([
    ['ends before what is shown', 0],
    ['has grown past what is shown', 10],
  ])('starts over if the audit %s', async (_, agents) => {
    const before = source.index().last;
    for (let n = 0; n < agents; n += 1) fleet.agent(`m${n}/a`, ['web/1']);
    await fleet.advance(seconds(25));
    expect(source.resets()).toMatchObject({
      count: 1,
      reason: expect.stringContaining('put back to an older copy'),
    });
    const { last } = fleet.world.audit.extent(0);
    expect(last > before).toBe(agents > 0);
    expect(source.index().last).toBe(last);
  });

  it('shows what the registry has, from the first keyframe after the loss is accepted', async () => {
    const { ports } = fleet.process('desk');
    const author = { actor: { ...slotAt('desk/person'), run: RunId.parse('person0001') }, ports };
    const recording = recordLosses(author, ports, () => true);
    await fleet.advance(seconds(15));
    await recording;
    expect(shown()).not.toEqual(await present());
    await fleet.advance(minutes(2));
    expect(shown()).toEqual(await present());
    expect(source.resets().reason).toContain('the audit lost events');
    const other = new LiveSource('memory', fleet.process('other').ports);
    await fleet.advance(seconds(5));
    expect(other.index().first).toBe(source.index().first);
    const closing = other[Symbol.asyncDispose]();
    await fleet.advance(seconds(20));
    await closing;
  });
});
