import { existsSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { common } from '../../src/cli/command/settings/common.ts';
import { nameOf, optionOf, type Setting } from '../../src/cli/command/settings/setting.ts';
import { commands } from '../../src/cli/command-list.ts';
import { runProgram } from '../../src/cli/program.ts';
import { printError } from '../../src/cli/terminal/print-error.ts';
import { Fault } from '../../src/domain/fault.ts';
import { fakeTerminal } from './support/fake-terminal.ts';

async function rollcall(line: string, env: Record<string, string> = {}) {
  const { io, out, err } = fakeTerminal({ env });
  const started: string[] = [];
  const starting = ({ name }: { name: string }) => void started.push(name);
  const words = line.split(' ').filter((word) => word !== '');
  const code = await runProgram(words, io, { version: '1.2.3', starting });
  return { code, out: out.join('\n'), err: err.join('\n'), started };
}

describe('a command line without a valid command', () => {
  it.each([
    ['pss', "unknown command 'pss'", 'Did you mean ps?'],
    ['help pss', "unknown command 'pss'", 'Did you mean ps?'],
    ['audit tial', "unknown command 'tial'", 'Did you mean tail?'],
    ['ps --servcie web', "unknown option '--servcie'", 'Did you mean --service?'],
    ['hosts web', 'too many arguments', 'see rollcall hosts --help'],
    ['audit show', "missing required argument 'entity'", 'see rollcall audit show --help'],
    ['ps --service', 'argument missing', 'see rollcall ps --help'],
  ])('is refused with a suggestion: %s', async (line, ...texts) => {
    const { code, out, err, started } = await rollcall(line);
    for (const text of texts) expect(err).toContain(text);
    expect({ code, out, started }).toEqual({ code: 2, out: '', started: [] });
  });

  it('prints the help and fails if it is empty', async () => {
    const { code, err } = await rollcall('');
    expect(code).toBe(2);
    expect(err).toContain('Usage: rollcall');
  });
});

it.each([
  'watch --filter host:a -state:liv',
  'watch -f host:a -label.tier=gold -state:liv --lines',
  'watch --filter -state:liv host:a',
  'watch --filter=-state:liv',
])('a negated word is part of the filter and no option: %s', async (line) => {
  await expect(rollcall(line)).rejects.toThrow(
    "--filter: 'liv' is no state of registered instances",
  );
});

describe('help', () => {
  it.each([
    '--help',
    'help',
    'help ps',
    'ps --help',
    'audit --help',
    'help audit',
    'audit help show',
  ])('is printed and succeeds for %s', async (line) => {
    const { code, out, err } = await rollcall(line);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toContain('Usage: rollcall');
  });

  it.each(commands.map(({ name }) => name))(
    'of %s has examples and fits the terminal',
    async (name) => {
      const { out } = await rollcall(`${name} --help`);
      expect(out).toContain(`rollcall ${name}`);
      expect(out.slice(out.indexOf('Examples:'))).toContain(`rollcall ${name}`);
      for (const line of out.split('\n')) expect(line.length).toBeLessThanOrEqual(100);
    },
  );

  it('lists every command', async () => {
    const { out } = await rollcall('--help');
    for (const { name } of commands) expect(out).toContain(`  ${name.split(' ')[0]} `);
  });

  it('is not needed for the version, which succeeds', async () => {
    expect(await rollcall('--version')).toMatchObject({ code: 0, out: '1.2.3' });
  });
});

describe('the settings of all commands', () => {
  const everywhere: readonly (readonly [string, Setting])[] = commands.flatMap(
    ({ name, settings }) =>
      Object.values({ ...common, ...settings }).map((setting) => [name, setting] as const),
  );

  it('have a long flag each', () => {
    for (const [, setting] of everywhere)
      expect(optionOf(setting).long).toMatch(/^--[a-z][a-z-]+$/);
  });

  it('take a value under one name in all commands or in none: all read the config file', () => {
    const takes = new Map<string, boolean>();
    for (const [name, setting] of everywhere) {
      const value = optionOf(setting).required;
      expect([name, nameOf(setting), takes.get(nameOf(setting)) ?? value]).toEqual([
        name,
        nameOf(setting),
        value,
      ]);
      takes.set(nameOf(setting), value);
    }
  });

  it('never reuse a name that every command has', () => {
    const names = new Set(Object.values(common).map((setting) => nameOf(setting)));
    for (const { name, settings } of commands) {
      for (const setting of Object.values(settings)) {
        expect([name, names.has(nameOf(setting))]).toEqual([name, false]);
      }
    }
  });
});

describe('a command that needs one of several options', () => {
  it.each([
    ['serve', 'rollcall serve needs --dns or --http', 'rollcall serve --dns'],
    ['audit replay', 'rollcall audit replay needs --at or --diff or --machines', "--at '10m ago'"],
  ])('says which, with an example: %s', async (line, needs, example) => {
    const { code, out, err } = await rollcall(line);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toContain(`error: ${needs}`);
    expect(err).toContain(example);
    expect(err).toContain(`rollcall ${line} --help`);
  });
});

describe('errors under --json', () => {
  it.each([
    ['pss --json', "unknown command 'pss'"],
    ['ps --json --servcie web', "unknown option '--servcie'"],
    ['ps --nope -o json', "unknown option '--nope'"],
    ['show --json', "missing required argument 'entity'"],
  ])('are one document with code, message and exit code: %s', async (line, message) => {
    const { code, out, err } = await rollcall(line);
    expect(out).toBe('');
    const { message: found, ...rest } = JSON.parse(err);
    expect(found).toMatch(new RegExp(`^${message}`));
    expect({ code, ...rest }).toEqual({
      ...{ code: 'bad-usage', event: 'error', hint: null, exit: 2 },
    });
    expect(code).toBe(2);
  });

  it('are announced before a setting is refused, also by the environment', async () => {
    for (const [line, env] of [
      ['ps --json --namespace a.b', {}],
      ['ps --namespace a.b', { ROLLCALL_JSON: 'true' }],
      ['ps -o json --namespace a.b', {}],
    ] as const) {
      let wanted = false;
      const { io } = fakeTerminal({ env });
      const jsonWanted = () => {
        wanted = true;
      };
      const program = { version: '1', starting() {}, jsonWanted };
      await expect(runProgram(line.split(' '), io, program)).rejects.toThrow('namespace');
      expect([line, wanted]).toEqual([line, true]);
    }
  });

  it('have the hint of a fault, and the stack of a bug', () => {
    const { io, err } = fakeTerminal();
    printError(new Fault('not-found', 'no such\nagent', { hint: 'look' }), io, 1);
    printError(new TypeError('oops'), io, 70);
    const [fault, bug] = err.map((line) => JSON.parse(line));
    expect(fault).toEqual({
      ...{ event: 'error', code: 'not-found', message: 'no such\nagent', hint: 'look', exit: 1 },
    });
    expect(bug).toMatchObject({ code: 'bug', exit: 70, message: expect.stringContaining('oops') });
  });
});

describe('a number that is none', () => {
  it.each([
    ['up --port abc', "--port must be a whole number from 0 to 65535 (got 'abc')"],
    ['up --port 70000', "--port must be a whole number from 0 to 65535 (got '70000')"],
    ['agent --replicas x', "--replicas must be a whole number from 1 to 5 (got 'x')"],
    [
      'ps --servers ,',
      "--servers must be nats://HOST:PORT, or several separated by commas (got ',')",
    ],
  ])('is refused with the rule: %s', async (line, message) => {
    await expect(rollcall(line)).rejects.toThrow(message);
  });
});

describe('invalid settings', () => {
  it('are refused before anything starts', async () => {
    await expect(rollcall('ps --namespace a.b')).rejects.toThrow(
      "--namespace is not valid: a namespace is 1 to 32 of A-Z, a-z, 0-9 and - (got 'a.b')",
    );
    await expect(rollcall('ps', { ROLLCALL_NAMESPACE: 'a.b' })).rejects.toThrow(
      'ROLLCALL_NAMESPACE is not valid',
    );
  });

  it('may be flags before or after the command', async () => {
    await expect(rollcall('--namespace a.b ps')).rejects.toThrow('--namespace is not valid');
  });

  it('are reported with their lines if they are in a config file', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'rollcall-config-'));
    try {
      const file = join(folder, 'rollcall.yaml');
      const reading = (text: string) =>
        writeFile(file, text).then(() => rollcall(`ps --config ${file}`));
      await expect(reading('# mine\nnamespace: a.b\n')).rejects.toThrow(
        `${file}:2: namespace is not valid: a namespace is`,
      );
      await expect(reading('\n\ntll: 5s\n')).rejects.toThrow(`${file}:3: unknown setting 'tll'`);
      // A setting of another command is allowed.
      await expect(reading('ttl: 5s\nnamespace: a.b\n')).rejects.toThrow(`${file}:2: namespace`);
      await expect(reading('- a\n')).rejects.toThrow(`${file}: must be a map of settings`);
      await expect(reading('a: [')).rejects.toThrow(`${file}:`);
      await expect(rollcall(`ps --config ${folder}`)).rejects.toThrow('it is a directory');
      await expect(rollcall(`ps --config ${file}x`)).rejects.toThrow('there is no such file');
    } finally {
      await rm(folder, { recursive: true });
    }
  });
});

describe('rollcall access init', () => {
  it('refuses the JetStream domain of a leaf node before it writes anything', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'rollcall-access-'));
    const dir = join(folder, 'access');
    const refused = rollcall(`access init --dir ${dir} --js-domain hub`);
    await expect(refused).rejects.toMatchObject({
      code: 'bad-setting',
      message: expect.stringContaining('--js-domain hub'),
    });
    expect(existsSync(dir)).toBe(false);
    await rm(folder, { recursive: true });
  });
});
