import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { commandsIn } from '../../integration/runbooks/support/runbook.ts';

const textOf = (path: string) => readFileSync(new URL(`../../../${path}`, import.meta.url), 'utf8');
const page = textOf('docs/how-to/runbooks.md');
const runbooks = page.split(/^## /m).slice(1);
const headingOf = (runbook: string) => runbook.split('\n', 1)[0] ?? '';
const named = runbooks.map((runbook) => [headingOf(runbook), runbook] as const);
const headings = runbooks.map((runbook) => headingOf(runbook).toLowerCase().replaceAll(' ', '-'));
const folder = 'test/integration/runbooks';
const plays = readdirSync(new URL(`../../../${folder}`, import.meta.url))
  .filter((file) => file.endsWith('.test.ts'))
  .map((file) => `${folder}/${file}`);
const testOf = (runbook: string) => /^Tested by (\S+)$/m.exec(runbook)?.[1] ?? '';

/** The rows of the table below `## Runbooks` of docs/explanation/testing.md. */
const rows = (() => {
  const [, part = ''] = textOf('docs/explanation/testing.md').split('\n## Runbooks\n');
  return [
    ...(part.split('\n## ')[0] ?? '').matchAll(/^\| (?!runbook|-)(.+?) \| (.*?) \| (.*?) \|$/gm),
  ].map(([, heading = '', test = '', left = '']) => ({ heading, test, left }));
})();

describe('the runbooks', () => {
  test.each(named)('name the test that plays them: %s', (heading, runbook) => {
    const file = testOf(runbook);
    expect(plays).toContain(file);
    expect(textOf(file)).toContain(`'${heading}'`);
  });

  test('each have a test, and no test is left of another one', () => {
    expect(runbooks.map(testOf).toSorted()).toEqual(plays.toSorted());
  });

  test.each(named)('have no command that their test does not play: %s', (_, runbook) => {
    const played = textOf(testOf(runbook));
    const commands = commandsIn(runbook.replace(/^Tested by.*/m, ''));
    const left = commands.filter((command) => !played.includes(`'${command}'`));
    expect(left).toEqual([]);
    // It also fails if a command of the document is left when it ends.
    if (commands.length > 0) expect(played).toContain('play.end();');
  });

  test.each(named)(
    'have no alert that their test does not see, unless it is said why: %s',
    (title, runbook) => {
      const seen = textOf(testOf(runbook));
      const row = rows.find(({ heading }) => heading === title);
      const alerts = new Set(runbook.match(/Rollcall[A-Z][A-Za-z]+/g));
      const left = [...alerts].filter(
        (alert) => !seen.includes(alert) && !row?.left.includes(alert),
      );
      expect(left).toEqual([]);
    },
  );

  test('have a row each in the table of tests', () => {
    expect(rows.map(({ heading }) => heading)).toEqual(runbooks.map(headingOf));
    expect(rows.map(({ test: name }) => `test/integration/${name}.test.ts`)).toEqual(
      runbooks.map(testOf),
    );
    for (const { test: name } of rows) {
      const url = new URL(`../../integration/${name}.test.ts`, import.meta.url);
      expect([name, existsSync(url)]).toEqual([name, true]);
    }
  });

  test('are reached by each alert', () => {
    const { groups } = parse(textOf('deploy/prometheus/rollcall-alerts.yaml')) as {
      groups: { rules: { alert: string; annotations: { runbook: string } }[] }[];
    };
    const rules = groups.flatMap((group) => group.rules);
    expect(rules.length).toBeGreaterThan(10);
    for (const { alert, annotations } of rules) {
      const [file, heading = ''] = annotations.runbook.split('#');
      expect(file).toBe('docs/how-to/runbooks.md');
      expect(headings).toContain(heading);
      // Who follows the link finds the alert there.
      expect([alert, runbooks[headings.indexOf(heading)]?.includes(alert)]).toEqual([alert, true]);
    }
  });
});
