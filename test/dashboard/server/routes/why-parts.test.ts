import { expect, it } from 'vitest';
import { whyParts } from '../../../../src/dashboard/server/routes/why-parts.ts';
import { readSubject } from '../../../../src/dashboard/web/model/subject.ts';
import { readRoute } from '../../../../src/dashboard/web/state/route.ts';

const sentences = [
  'h 1/a/b is suspect: a collector pinged it at 13:12:03 UTC (#113).',
  'It was declared dead (#7); `rollcall gc plan` has the time.',
];
const asked = { kind: 'agent', name: 'h 1/a' } as const;

it('the sentences of why begin with their first words, and link each event and the plan', () => {
  const parts = whyParts(sentences, asked);
  const text = parts.map(([one]) => one).join('');
  expect(text).toBe(sentences.join(' ').replace('`rollcall gc plan`', 'GC'));
  expect(parts[0]).toEqual(['h 1/a/b is suspect:', '']);
  const links = parts.filter(([, href]) => href);
  expect(links.map(([one]) => one)).toEqual(['#113', '#7', 'GC']);
  const { screen, at, params } = readRoute(links[0]?.[1] ?? '');
  expect({ screen, at, open: params['open'] }).toEqual({ screen: 'entity', at: 113, open: '113' });
  expect(readSubject(params['of'])).toEqual({ kind: 'agent', host: 'h 1', agent: 'a' });
  expect(links[2]?.[1]).toBe('#/gc');
});

it('the link to the plan keeps the moment', () => {
  const plan = (more: object) => whyParts(sentences, { ...asked, ...more }).at(-2)?.[1] ?? '';
  expect(readRoute(plan({ at: 113 }))).toMatchObject({ screen: 'gc', at: 113 });
  const time = Date.UTC(2026, 10, 30, 13, 12, 3);
  expect(readRoute(plan({ at: 113, time }))).toMatchObject({ screen: 'gc', at: null, time });
});

it('sentences without an event have no link', () => {
  expect(whyParts(['web/w1 is live: it is fine.'], asked)).toEqual([
    ['web/w1 is live:', ''],
    [' it is fine.'],
  ]);
  expect(whyParts(['nothing is known'], asked)).toEqual([['nothing is known', ''], ['']]);
});
