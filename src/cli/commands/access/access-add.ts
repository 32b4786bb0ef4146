import { z } from 'zod';
import { addMember } from '../../../composition/access/access-state.ts';
import { Fault } from '../../../domain/fault.ts';
import { ServiceName } from '../../../domain/identity/names.ts';
import { command } from '../../command/command.ts';
import { exitCodes } from '../../command/exit.ts';
import { accessSettings, memberIn, openAccess, reloadLines } from '../../session/access.ts';
import { escapeControls } from '../../terminal/escape-terminal.ts';
import { documentLine } from '../../terminal/iso-times.ts';

const Services = z
  .union([z.string().transform((text) => text.split(',')), z.array(z.string())], {
    error: 'names of services, separated by commas',
  })
  .pipe(z.array(ServiceName).min(1, 'at least one service'))
  .transform((names) => (names.length === 1 && names[0] === '*' ? ('all' as const) : names));

export const accessAdd = command({
  name: 'access add',
  summary:
    'add a login: of an agent (by its host), collector, consumer, operator, auditor or dashboard',
  args: '<role> <name>',
  settings: {
    ...accessSettings,
    services: {
      flag: '--services <names>',
      description: 'services that the agent may register, separated by commas; * is all',
      fallback: 'the services that the login has; all for a new login',
      schema: Services.optional(),
    },
  },
  examples: [
    [
      'rollcall access add agent db-1 --services postgres',
      'the host db-1 can register only postgres',
    ],
    ['rollcall access add collector one', 'two or three are enough, on hosts that you trust'],
  ],
  async run({ settings, io, args }) {
    const id = memberIn(args, settings.namespace);
    const { services } = settings;
    if (services !== undefined && id.role !== 'agent') {
      throw new Fault(
        'bad-setting',
        `--services is only for agents; a ${id.role} registers nothing`,
      );
    }
    const access = await openAccess(settings, io);
    const done = await access.apply((state) => addMember(state, id, services));
    const login = access.loginOf(id);
    const isNew = done.seed !== undefined;
    if (settings.json) {
      const { reloaded, failed } = done;
      const { role, name, namespace } = id;
      const what = { role, name, namespace, services: done.member.services ?? null, isNew };
      io.out(
        documentLine({
          event: 'added',
          ...what,
          login,
          config: access.serverConfig,
          reloaded,
          failed,
        }),
      );
      return exitCodes.done;
    }
    io.out(`${id.role} ${escapeControls(id.name)}  ${isNew ? 'added' : 'exists; its key stays'}`);
    io.out(`  login   ${escapeControls(login)}`);
    for (const line of reloadLines(done, access.serverConfig)) io.out(line);
    io.out(io.palette.dim(`  copy the folder to its machine, then: ${use[id.role]}`));
    return exitCodes.done;
  },
});

const use = {
  agent: 'rollcall agent --login FOLDER --name NAME',
  collector: 'rollcall collector --login FOLDER',
  consumer: 'rollcall ps --login FOLDER',
  operator: 'rollcall hold HOST --for 1h --login FOLDER',
  auditor: 'rollcall audit verify --login FOLDER',
  dashboard: 'rollcall ui --login FOLDER',
  deploy: 'rollcall namespace create --login FOLDER',
} as const;
