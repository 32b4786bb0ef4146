import fc from 'fast-check';
import { expect, test } from 'vitest';
import { rowOf } from '../adapters/doors/support/fake-view.ts';
import { openDoor } from '../adapters/doors/support/open-door.ts';
import { anyText } from '../arbitrary/names.ts';
import { fuzz } from './support/fuzz.ts';

const path = fc.oneof(
  fc.constantFrom('services', 'services/x/pick', 'watch', 'prometheus/targets', 'health', ''),
  anyText.map((text) => `services/${encodeURIComponent(text.toWellFormed())}/instances`),
  anyText.map((text) => encodeURI(text.toWellFormed())),
);
const query = fc.array(
  fc.tuple(fc.constantFrom('policy', 'index', 'wait', 'label.a', '__proto__', 'service'), anyText),
  { maxLength: 4 },
);

test('the HTTP door answers any path, query, name and label with JSON, never with a bug', async () => {
  await using door = await openDoor();
  await fuzz(
    fc.tuple(path, query, anyText, fc.dictionary(anyText, anyText, { maxKeys: 3 })),
    async ([where, pairs, address, labels]) => {
      door.view.set('x', rowOf('x/1', { address, labels }));
      const search = new URLSearchParams(
        pairs.filter(([name]) => name !== 'wait').map(([k, v]) => [k, v.toWellFormed()]),
      );
      if (where === 'watch') return;
      const { status, body } = await door.get(`/v1/${where}?${search}`);
      expect(status).not.toBe(500);
      if (status === 200) return;
      expect(body).toMatchObject({ error: expect.any(String), message: expect.any(String) });
    },
    { runs: 60 },
  );
});

/** What Prometheus accepts: https://prometheus.io/docs/prometheus/latest/http_sd/ and its label names. */
const target = /^(\[[0-9a-fA-F:.]+\]|[A-Za-z0-9.-]+):\d+$/;
const labelName = /^[a-zA-Z_][a-zA-Z0-9_]*$/;

test('the targets for Prometheus have valid addresses and label names, whatever an instance is called', async () => {
  await using door = await openDoor();
  await fuzz(
    fc.tuple(anyText, anyText, fc.dictionary(anyText, anyText, { maxKeys: 3 })),
    async ([address, host, labels]) => {
      const good = rowOf('x/good', { labels: { zone: 'a' } });
      door.view.set('x', good, rowOf('x/1', { address, host, labels }));
      const { status, body } = await door.get('/v1/prometheus/targets');
      expect(status).toBe(200);
      const groups = body as unknown as { targets: string[]; labels: Record<string, string> }[];
      const all = groups.flatMap(({ targets }) => targets);
      expect(all).toContain('10.0.0.1:80');
      for (const one of all) expect(one).toMatch(target);
      for (const group of groups)
        for (const [name, value] of Object.entries(group.labels)) {
          expect(name).toMatch(labelName);
          expect(typeof value).toBe('string');
        }
    },
    { runs: 60 },
  );
});
