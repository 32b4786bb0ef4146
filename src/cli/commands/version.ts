import { systemAdapters } from '../../composition/system-adapters.ts';
import { Fault } from '../../domain/fault.ts';
import { command } from '../command/command.ts';
import { exitCodes } from '../command/exit.ts';
import { version as versionOf } from '../command/version.ts';
import { connectOnce } from '../session/connect.ts';
import { escapeControls } from '../terminal/escape-terminal.ts';
import { documentLine } from '../terminal/iso-times.ts';

export const version = command({
  name: 'version',
  summary: 'print the versions of this program, of Node and of the NATS server, and the namespace',
  settings: {},
  examples: [
    ['rollcall version', 'exits 3 if the server cannot be reached, 1 if it has no such namespace'],
    ['rollcall --version', 'only the version of this program; asks no server'],
  ],
  async run({ settings, io }) {
    const own = { version: versionOf(), node: systemAdapters.nodeVersion };
    const { namespace, json } = settings;
    if (!json) io.out(`rollcall     ${own.version}, with Node ${own.node}`);
    try {
      await using connected = await connectOnce(settings, io, 'version');
      const { server: url, name, version: running } = connected.store.status();
      const server = { version: running, name, url };
      if (json) io.out(documentLine({ event: 'version', ...own, namespace, server }));
      else {
        io.out(escapeControls(`nats-server  ${running}, ${name} at ${url}`));
        io.out(`namespace    ${namespace}`);
      }
      return exitCodes.done;
    } catch (cause) {
      const isExpected = cause instanceof Fault;
      if (json && isExpected)
        io.out(documentLine({ event: 'version', ...own, namespace, server: null }));
      throw cause;
    }
  },
});
