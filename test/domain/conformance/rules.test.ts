import { readFile } from 'node:fs/promises';
import { expect, it } from 'vitest';
import { rules } from '../../../src/domain/conformance/rules.ts';

it('the page of the smallest agent has every rule that conform checks, with its number', async () => {
  const page = new URL('../../../docs/reference/minimal-agent.md', import.meta.url);
  const text = await readFile(page, 'utf8');
  for (const [number, rule] of Object.entries(rules)) {
    expect(text).toContain(`| ${number} | ${rule} |`);
  }
});
