import { publishCharts } from '../../runtime/transitions/publish-charts.ts';
import { command } from '../command/command.ts';
import { exitCodes } from '../command/exit.ts';
import { connectOnce } from '../session/connect.ts';
import { documentLine } from '../terminal/iso-times.ts';

export const namespaceCreate = command({
  name: 'namespace create',
  summary: 'create the streams of a namespace, and publish the state machines of this version',
  settings: {},
  examples: [
    [
      'rollcall namespace create --namespace prod --replicas 3',
      'as a user who may create streams; it changes nothing that exists',
    ],
  ],
  async run({ settings, io }) {
    await using connected = await connectOnce(settings, io, 'namespace create', { create: true });
    const { ports, store } = connected;
    await publishCharts(ports);
    const { namespace } = settings;
    const different = store.findings.length;
    if (settings.json)
      io.out(documentLine({ event: 'namespace', namespace, findings: store.findings }));
    else {
      io.out(`namespace ${namespace} exists`);
      if (different > 0) io.out('some settings of its streams differ: rollcall doctor');
    }
    return exitCodes.done;
  },
});
