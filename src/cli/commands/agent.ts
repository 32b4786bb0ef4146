import { z } from 'zod';
import { listInstances } from '../../composition/files.ts';
import { InstanceSources } from '../../composition/instances/instance-sources.ts';
import { initialHealth } from '../../composition/instances/running-checks.ts';
import { systemAdapters } from '../../composition/system-adapters.ts';
import { AgentName } from '../../domain/identity/names.ts';
import { Agent, type AgentOptions } from '../../runtime/agent/agent.ts';
import { watchClock } from '../../runtime/agent/watch-clock.ts';
import { followInstancesFile } from '../agent/follow-instances-file.ts';
import { listedLines } from '../agent/listed-lines.ts';
import { reportSession } from '../agent/report-session.ts';
import { printTransitions } from '../agent/transition-lines.ts';
import { command } from '../command/command.ts';
import { exitCodes } from '../command/exit.ts';
import { api } from '../command/settings/api.ts';
import { Switch } from '../command/settings/common.ts';
import { docker } from '../command/settings/docker.ts';
import { agentSettings } from '../command/settings/lease.ts';
import { metrics } from '../command/settings/metrics.ts';
import { agentOptions, resolveAgentId } from '../session/agent-options.ts';
import { connectPatiently, watchConnection } from '../session/connect.ts';
import { openApi } from '../session/open-api.ts';
import { openContainers } from '../session/open-containers.ts';
import { openMetrics } from '../session/open-metrics.ts';
import { untilStopped } from '../session/until-stopped.ts';
import { escapeControls } from '../terminal/escape-terminal.ts';
import { withSpinner } from '../terminal/spinner.ts';

export const agent = command({
  name: 'agent',
  summary: 'register the instances of this host for as long as this process runs',
  settings: {
    name: {
      flag: '--name <name>',
      description:
        'name of this agent, unique on its host: any characters but control characters, best letters, digits and -',
      schema: AgentName,
    },
    instances: {
      flag: '--instances <file>',
      description: 'instances to register, in YAML or JSON; read again when the file changes',
      schema: z.string().min(1, 'not empty').optional(),
    },
    dryRun: {
      flag: '--dry-run',
      description:
        'only check the instances file and print what would be registered; needs no server',
      schema: Switch,
    },
    ...api,
    ...docker,
    ...agentSettings,
    ...metrics,
  },
  examples: [
    [
      'rollcall agent --name api --instances instances.yaml',
      "file content: instances: [{ service: web, port: 8080, check: { tcp: '127.0.0.1:8080' } }]",
    ],
    [
      'rollcall agent --name host --api /run/rollcall/api.sock',
      "curl --unix-socket /run/rollcall/api.sock -X PUT localhost/v1/instances/web/web-1 --json '{}'",
    ],
    [
      'rollcall agent --name api --instances instances.yaml --dry-run',
      'checks the file before a running agent reads it; exit code 2 if it has an error',
    ],
    [
      'rollcall agent --name containers --docker --address 10.0.0.7',
      'docker run --label rollcall.service=web --publish 8080:80 nginx',
    ],
    [
      'rollcall agent --host db-1 --name postgres --ttl 5s --grace 10s',
      'a failure is detected sooner',
    ],
    [
      'rollcall agent --name api --zone ams',
      'the zone of its host, for rollcall ps --filter zone:ams',
    ],
  ],
  isDaemon: true,
  async run({ settings, io }) {
    const slot = await resolveAgentId(settings, settings.name, io.env);
    const file = settings.instances;
    const listed = file === undefined ? [] : await listInstances(file, slot);
    if (settings.dryRun) {
      for (const line of listedLines(listed, slot, settings.json)) io.out(line);
      return exitCodes.done;
    }
    const me = { ...slot, run: systemAdapters.entropy.runId() };
    const sources = new InstanceSources(slot);
    const fromFile = sources.of('file');
    fromFile.replace(
      listed.map(({ spec }) => spec),
      initialHealth(listed),
    );
    await using metered = await openMetrics(settings, io);
    const { metrics, readiness } = metered;
    await using localApi = await openApi(settings, me, sources, io, metrics);
    await using connected = await connectPatiently(settings, io, me, { metrics });
    if (!connected) return exitCodes.done;
    await localApi?.confirm(connected.ports, io.signal);
    const containers = await openContainers(settings, sources, io, metrics);
    await containers?.begin(slot, connected.ports, io.signal);
    const print = printTransitions(io, settings.json, () => ({
      metrics: metered.url,
      api: localApi?.url,
    }));
    let gaveUp = false;
    const onTransition: AgentOptions['onTransition'] = (transition, agent) => {
      gaveUp ||= transition.event.type === 'gave-up';
      reportSession(readiness, transition);
      print(transition, agent);
    };
    const options = { ...agentOptions(settings, slot, onTransition), run: me.run };
    const { specs, healthOf } = sources.initial;
    await using agent = new Agent(options, specs, connected.ports, healthOf);
    sources.connect(agent);
    localApi?.keeper.connect(agent);
    await using until = untilStopped(io.signal, agent.done);
    void watchConnection(connected, io, until.signal);
    void watchClock(connected.ports, until.signal);
    const keeping =
      file === undefined
        ? undefined
        : followInstancesFile(fromFile, file, listed, io, until.signal, metered);
    const following = containers?.run(until.signal);
    // The lease of an earlier run may have to lapse first: a ttl and some seconds.
    const who = escapeControls(`${slot.host}/${slot.agent}`);
    const claimed = agent.ready.then(
      () => io.started(`${who} is registered`),
      () => {},
    );
    await withSpinner(io, `claiming ${who}`, () => Promise.race([claimed, until.ended]));
    await Promise.race([until.ended, keeping ?? until.ended, following ?? until.ended]);
    await agent.stop();
    await agent.done;
    return gaveUp ? exitCodes.unreachable : exitCodes.done;
  },
});
