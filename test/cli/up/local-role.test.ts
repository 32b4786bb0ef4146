import { expect, test } from 'vitest';
import { roleHint } from '../../../src/cli/up/local-role.ts';

test('a refused command names the role that has its rights', () => {
  expect(roleHint('audit limit')).toContain('the deploy login');
  expect(roleHint('drain')).toContain('rollcall access add operator NAME');
  expect(roleHint('ps')).toContain('rollcall doctor --as auditor');
});

test.each(['backup', 'restore'])('no role has the rights of %s', (command) => {
  expect(roleHint(command)).toContain('no role of `rollcall access` may do this');
  expect(roleHint(command)).toContain('docs/how-to/back-up.md');
});
