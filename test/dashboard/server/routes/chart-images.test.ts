import { describe, expect, test } from 'vitest';
import type { Layout } from '../../../../src/charts/layout/layout.ts';
import { chartOf } from '../../../../src/charts/model/chart.ts';
import { chartImageCache, closedIn } from '../../../../src/dashboard/server/routes/chart-images.ts';
import { collector, run } from '../../../../src/runtime/transitions/machine-set.ts';
import { apiOf, fetched, served, WrittenSource } from '../support/test-server.ts';

const chart = chartOf(run.machine);
const [present, phase, sight] = ['run.present', 'run.present.phase', 'run.present.sight'] as const;

const empty = (hash: string): Layout => ({
  machine: 'run',
  hash,
  collapsed: [],
  width: 240,
  height: 100,
  boxes: [],
  edges: [],
  junctions: [],
  initialArrows: [],
});

/** Lays out when it is told to, and says what it was asked for. */
function slow() {
  const asked: string[] = [];
  const open: (() => void)[] = [];
  const draw = chartImageCache((of, closed) => {
    asked.push([of.hash, ...closed].join(' '));
    const { promise, resolve } = Promise.withResolvers<Layout>();
    open.push(() => resolve(empty(of.hash)));
    return promise;
  });
  return { asked, draw, next: () => open.shift()?.() };
}
const settle = () => new Promise((resolve) => setImmediate(resolve));

describe('a parameter of closed states', () => {
  test.each([
    ['nothing', [], []],
    ['one', [phase], [phase]],
    ['in any order', [sight, phase], [phase, sight]],
    ['twice', [phase, phase], [phase]],
    ['what is inside another is no other picture', [phase, present, sight], [present]],
    ['the machine itself', ['run', phase], ['run']],
  ] as const)('%s', (_, asked, closed) => {
    expect(closedIn(chart, asked)).toEqual(closed);
  });

  test.each(['run.nowhere', 'run.expired', 'run.present.phase.live', '__proto__', 'run.', ' '])(
    'not %s, which holds no state',
    (id) => {
      expect(() => closedIn(chart, [phase, id])).toThrow(
        expect.objectContaining({ code: 'bad-request' }),
      );
    },
  );
});

describe('a picture', () => {
  test('is laid out once for all themes and all equivalent parameters', async () => {
    const { asked, draw, next } = slow();
    const all = [
      draw(chart, [present], 'css'),
      draw(chart, [present], 'dark'),
      draw(chart, [phase, present], 'light'),
    ];
    await settle();
    next();
    await Promise.all(all);
    await draw(chart, [present, present], 'css');
    expect(asked).toEqual([`${chart.hash} ${present}`]);
  });

  test('waits for the one before it; too many at once are refused, and later ones are not', async () => {
    const { asked, draw, next } = slow();
    const one = chartOf(collector.machine);
    const others = Array.from({ length: 8 }, (_, n) => ({ ...one, hash: `${n}` }));
    const all = others.map((other) => draw(other, [], 'css'));
    await settle();
    expect(asked).toHaveLength(1);
    await expect(draw(chart, [], 'css')).rejects.toMatchObject({ code: 'too-busy' });
    await expect(draw(chart, [], 'css')).rejects.toMatchObject({ code: 'too-busy' });
    for (let n = 0; n < 8; n += 1) {
      next();
      await settle();
    }
    await Promise.all(all);
    const later = draw(chart, [], 'css');
    await settle();
    next();
    await later;
  });

  test('is dropped from the cache first if it was requested least recently', async () => {
    let laidOut = 0;
    const draw = chartImageCache(async (of) => {
      laidOut += 1;
      return empty(of.hash);
    });
    await draw(chart, [], 'css');
    for (let n = 0; n < 63; n += 1) await draw({ ...chart, hash: `${n}` }, [], 'css');
    await draw(chart, [], 'css');
    expect(laidOut).toBe(64);
    await draw({ ...chart, hash: 'one more' }, [], 'css');
    await draw(chart, [], 'css');
    expect(laidOut).toBe(65);
    await draw({ ...chart, hash: '0' }, [], 'css');
    expect(laidOut).toBe(66);
  });

  test('that failed is rendered again, and blocks no other request', async () => {
    let fails = true;
    const draw = chartImageCache(async (of) => {
      if (fails) throw new Error('no way');
      return empty(of.hash);
    });
    for (let n = 0; n < 20; n += 1) {
      await expect(draw(chart, [], 'css')).rejects.toThrow('no way');
    }
    fails = false;
    expect(String(await draw(chart, [], 'css'))).toContain('<svg');
  });
});

test.each([
  ['svg?collapsed=run.present', 200, 'data-node="run.present"'],
  ['svg?collapsed=run.nowhere', 400, 'bad-request'],
  ['svg?collapsed=run.present&theme=blue', 400, 'bad-request'],
  ['mmd', 200, `%% run #${chart.hash}\nstateDiagram-v2`],
  ['dot', 200, `run #${chart.hash}`],
  ['exe', 404, 'not-found'],
])('a picture of a given chart, as .%s, has status %i', async (as, status, words) => {
  await using server = await served(apiOf(new WrittenSource()));
  const { text, ...answer } = await fetched(server.url, `/api/charts/${chart.hash}.${as}`);
  expect(answer.status).toBe(status);
  expect(text).toContain(words);
});
