import { CheckSetting, processCheck } from '../../composition/instances/check-setting.ts';
import { systemAdapters } from '../../composition/system-adapters.ts';
import { Duration } from '../../composition/time/duration.ts';
import { AgentName, InstanceId, ServiceName } from '../../domain/identity/names.ts';
import { seconds } from '../../domain/time.ts';
import type { AgentOptions } from '../../runtime/agent/agent.ts';
import { reportSession } from '../agent/report-session.ts';
import { printTransitions } from '../agent/transition-lines.ts';
import { command } from '../command/command.ts';
import { Switch } from '../command/settings/common.ts';
import { agentSettings } from '../command/settings/lease.ts';
import { metrics } from '../command/settings/metrics.ts';
import { wholeNumber } from '../command/settings/whole-number.ts';
import { agentOptions, resolveAgentId } from '../session/agent-options.ts';
import { openMetrics } from '../session/open-metrics.ts';
import { SupervisedProcess } from '../session/supervised-process.ts';

const settings = {
  ...agentSettings,
  ...metrics,
  service: {
    flag: '--service <name>',
    description: 'service that the process provides',
    schema: ServiceName,
  },
  id: {
    flag: '--id <id>',
    description: 'instance id',
    fallback: '<host>-<service>-<port>',
    schema: InstanceId.optional(),
  },
  port: {
    flag: '--port <n>',
    description: 'port that the process listens on',
    schema: wholeNumber(1, 65_535).optional(),
  },
  check: {
    flag: '--check <what>',
    description:
      'the process is live while this passes: port, none, an http(s) URL, tcp://HOST:PORT, grpc://HOST:PORT/SERVICE or unix:PATH',
    fallback: 'port if --port is set, else none',
    schema: CheckSetting.default('port'),
  },
  checkEvery: {
    flag: '--check-every <duration>',
    description: 'interval of the check',
    fallback: '2s',
    schema: Duration.default(seconds(2)),
  },
  checkTimeout: {
    flag: '--check-timeout <duration>',
    description: 'time limit of one check',
    fallback: '1s',
    schema: Duration.default(seconds(1)),
  },
  drain: {
    flag: '--drain <duration>',
    description:
      'after a signal to stop, the instance drains for this time before the signal is forwarded',
    fallback: '2s',
    schema: Duration.default(seconds(2)),
  },
  waitRegistered: {
    flag: '--wait-registered',
    description: 'start the process only after its agent has its slot',
    schema: Switch,
  },
  name: {
    flag: '--name <name>',
    description: 'name of its agent, unique on this host',
    fallback: '<service>-<port>',
    schema: AgentName.optional(),
  },
};

export const run = command({
  name: 'run',
  summary: 'start a process and register it for as long as it runs',
  args: '<command...>',
  settings,
  examples: [
    [
      'rollcall run --service web --port 8080 -- node server.js',
      'forwards signals to node, and exits with its exit code',
    ],
    [
      'rollcall run --service mail --id outbound -- ./relay -v',
      'options after -- belong to the command',
    ],
  ],
  ownsSignals: true,
  isDaemon: true,
  async run({ settings: given, io, args }) {
    const { service, port } = given;
    const part = [service, ...(port === undefined ? [] : [port])].join('-');
    const slot = await resolveAgentId(given, given.name ?? AgentName.parse(part), io.env);
    const id = given.id ?? InstanceId.parse(`${slot.host}-${part}`);
    const spec = { service, id, port, labels: {} };
    // stdout belongs to the child process, unless --json is set.
    const output = given.json ? io : { ...io, out: io.err };
    await using metered = await openMetrics(given, output);
    const print = printTransitions(output, given.json, () => ({ metrics: metered.url }));
    const onTransition: AgentOptions['onTransition'] = (transition, agent) => {
      reportSession(metered.readiness, transition);
      print(transition, agent);
    };
    const me = { ...slot, run: systemAdapters.entropy.runId() };
    const options = {
      agent: agentOptions({ ...given, drain: 0 }, slot, onTransition),
      check: processCheck(given.check, given, {
        every: given.checkEvery,
        timeout: given.checkTimeout,
      }),
      ...{ me, spec, drain: given.drain, waitRegistered: given.waitRegistered },
    };
    const ports = { io, metrics: metered.metrics };
    return await new SupervisedProcess(given, options, ports).run(args);
  },
});
