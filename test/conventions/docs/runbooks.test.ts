import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';

const textOf = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');
const page = textOf('docs/how-to/runbooks.md');
const runbooks = page.split(/^## /m).slice(1);
const slug = (heading: string) => heading.toLowerCase().replaceAll(' ', '-');
const headings = runbooks.map((text) => slug(text.split('\n', 1)[0] ?? ''));

describe('the runbooks', () => {
  test.each(runbooks)('name a test that causes the fault: %s', (text) => {
    const [, file, , name] = /^Tested by (\S+?\.test\.ts)(: "(.+)")?$/m.exec(text) ?? [];
    expect(file).toBeDefined();
    expect(textOf(file ?? '')).toContain(name ?? 'test');
  });

  test('are reached by each alert', () => {
    const { groups } = parse(textOf('deploy/prometheus/rollcall-alerts.yaml')) as {
      groups: { rules: { alert: string; annotations: { runbook: string } }[] }[];
    };
    const links = groups.flatMap(({ rules }) => rules.map((rule) => rule.annotations.runbook));
    expect(links.length).toBeGreaterThan(10);
    for (const link of links) {
      const [file, heading] = link.split('#');
      expect(file).toBe('docs/how-to/runbooks.md');
      expect(headings).toContain(heading);
    }
  });
});
