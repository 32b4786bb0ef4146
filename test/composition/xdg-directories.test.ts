import { describe, expect, test } from 'vitest';
import { stateDir, stateDirIfAny } from '../../src/composition/xdg-directories.ts';

describe('the state directory', () => {
  test.each([
    [{ STATE_DIRECTORY: '/var/lib/a', XDG_STATE_HOME: '/s', HOME: '/h' }, '/var/lib/a'],
    [{ STATE_DIRECTORY: '/var/lib/a:/var/lib/b' }, '/var/lib/a'],
    [{ STATE_DIRECTORY: '', XDG_STATE_HOME: '/s', HOME: '/h' }, '/s/rollcall'],
    [{ XDG_STATE_HOME: 'relative', HOME: '/h' }, '/h/.local/state/rollcall'],
  ])('with %j is %s', (env, expected) => {
    expect(stateDir(env)).toBe(expected);
  });

  test('without any of these variables is a fault that names them', () => {
    expect(stateDirIfAny({})).toBeUndefined();
    expect(() => stateDir({})).toThrow('none of STATE_DIRECTORY, XDG_STATE_HOME and HOME is set');
  });
});
