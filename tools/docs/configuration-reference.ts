import { common } from '../../src/cli/command/settings/common.ts';
import { policyLines } from '../../src/cli/command/settings/policy-settings.ts';
import {
  nameOf,
  type Setting,
  type Settings,
  variableOf,
} from '../../src/cli/command/settings/setting.ts';
import { commands } from '../../src/cli/command-list.ts';
import { defaultFleetPolicy } from '../../src/domain/policy/fleet-policy.ts';
import { cell, code, codeCell, pageHead, table } from './markdown.ts';

interface Use {
  readonly setting: Setting;
  readonly commands: string[];
}

/** Every setting as flag, environment variable and configuration key, and the settings of the fleet. */
export function configurationReference(): string {
  return [
    pageHead('Configuration', 'the settings of src/cli and the fleet policy of src/domain'),
    'A setting has one name and three forms: `--tls-ca FILE`, `ROLLCALL_TLS_CA=FILE`, and the key',
    '`tls-ca: FILE` in the YAML or JSON file that `--config` names. The flag wins over the variable,',
    'the variable wins over the file. An empty variable counts as not set. A flag that begins with',
    '`--no-` is a switch that is on by default: set the variable or the key to `false`. An unknown key',
    'in the file is an error (`bad-setting`).',
    '',
    'Durations are written `500ms`, `15s`, `1m 30s`, `2d`.',
    '',
    '## Settings of every command',
    '',
    ...settingTable(usesOf([['every command', common]]), false),
    '',
    '## Settings of single commands',
    '',
    ...settingTable(usesOf(commands.map(({ name, settings }) => [name, settings])), true),
    '',
    '## Other environment variables',
    '',
    ...table(
      ['variable', 'meaning'],
      [
        ['`NATS_URL`', 'Servers, if neither `--servers` nor `ROLLCALL_SERVERS` is set.'],
        [
          '`ROLLCALL_NATS_SERVER`',
          'Path of the nats-server binary that `up`, `demo` and the tests start.',
        ],
        ['`ROLLCALL_UI_TOKEN`', 'Token of the dashboard, instead of `--token-file`.'],
        ['`XDG_STATE_HOME`', 'Host id and the store of `rollcall up`; default `~/.local/state`.'],
        ['`XDG_CACHE_HOME`', 'Downloaded nats-server; default `~/.cache`.'],
        ['`NO_COLOR`', 'No colours in the output.'],
      ],
    ),
    '',
    '## Fleet policy',
    '',
    'These settings are stored in the registry and apply to the whole fleet. `rollcall policy` shows',
    'them, `rollcall policy set NAME=VALUE` changes them, `NAME=default` resets one.',
    '',
    ...table(
      ['name', 'default', 'meaning'],
      policyLines(defaultFleetPolicy).map(({ name, fallback, about }) => [
        code(name),
        code(fallback),
        cell(about),
      ]),
    ),
    '',
    '## Instances file',
    '',
    '`rollcall agent --instances FILE` reads a YAML or JSON file and reads it again when it changes. If',
    'the file has an error, the old set stays and the error names the line.',
    '',
    ...table(
      ['key', 'meaning'],
      [
        ['`instances`', 'List of instances.'],
        ['`instances[].service`', 'Service name. Required.'],
        ['`instances[].id`', 'Instance id; default `<host>-<agent>-<service>-<port>`.'],
        ['`instances[].address`, `port`', 'Where consumers reach the instance.'],
        ['`instances[].labels`', 'Map of text to text.'],
        [
          '`instances[].check`',
          'Health check, exactly one of `http`, `tcp`, `unix`, `udp`, `grpc`, `exec`: [check the health of instances](../how-to/check-health.md).',
        ],
        ['`check.every`, `check.timeout`', 'Interval and time limit; default `10s` and `5s`.'],
        [
          '`check.failAfter`',
          'Failed checks in a row before the instance is `failing`; default 3.',
        ],
        [
          '`check.passAfter`',
          'Passed checks in a row before a failing instance is `serving`; default 1.',
        ],
        [
          '`check.startPeriod`',
          'Time after the start in which failures do not count, until one check has passed; default `0s`.',
        ],
      ],
    ),
    '',
  ].join('\n');
}

/** Settings that mean the same are one row, with the commands that have them. */
function usesOf(tables: readonly (readonly [string, Settings])[]): readonly Use[] {
  const uses = new Map<string, Use>();
  for (const [command, settings] of tables) {
    for (const setting of Object.values(settings)) {
      const key = `${setting.flag} ${setting.description}`;
      const use = uses.get(key) ?? { setting, commands: [] };
      use.commands.push(command);
      uses.set(key, use);
    }
  }
  return [...uses.values()];
}

const settingTable = (uses: readonly Use[], showCommands: boolean): readonly string[] =>
  table(
    ['flag', 'variable', 'key', 'meaning', 'default', ...(showCommands ? ['commands'] : [])],
    uses.map(({ setting, commands: names }) => [
      codeCell(setting.flag),
      code(variableOf(setting)),
      code(nameOf(setting)),
      cell(setting.description),
      cell(setting.fallback ?? ''),
      ...(showCommands ? [names.map(code).join(', ')] : []),
    ]),
  );
