import { z } from 'zod';
import { Duration } from '../../composition/time/duration.ts';
import { seconds } from '../../domain/time.ts';
import { command } from '../command/command.ts';
import { exitCodes } from '../command/exit.ts';
import { documentLine } from '../terminal/iso-times.ts';

export const conform = command({
  name: 'conform',
  summary: 'run an agent in another language, disturb it, and check each rule of the protocol',
  settings: {
    exec: {
      flag: '--exec <command>',
      description: 'command line that starts the agent; its settings are in its environment',
      schema: z.string().min(1, 'not empty'),
    },
    ttl: {
      flag: '--ttl <duration>',
      description: 'ttl of the agent; a longer one needs more time, and tolerates a busy machine',
      fallback: '2s',
      schema: Duration.pipe(
        z
          .number()
          .min(seconds(2), 'at least 2 s')
          .max(seconds(60), 'at most 60 s')
          .refine((ttl) => ttl % 1000 === 0, 'whole seconds'),
      ).default(seconds(2)),
    },
  },
  examples: [
    [
      "rollcall conform --exec 'exec python3 docs/examples/agent.py'",
      'about 15 s, on a server of its own; exits with 1 if a rule is broken',
    ],
    ["rollcall conform --exec './my-agent' --json", 'one rule per line: rule, must, result, seen'],
  ],
  async run({ settings, io }) {
    // No other command needs what it loads.
    const { runConform } = await import('../conform/run-conform.ts');
    const { summaryLine, verdictDocument, verdictLines } = await import('../conform/report.ts');
    try {
      const verdicts = await runConform(settings, io, io.err);
      for (const verdict of verdicts) {
        if (settings.json) io.out(documentLine(verdictDocument(verdict)));
        else for (const line of verdictLines(verdict, io)) io.out(line);
      }
      if (!settings.json) io.out(`\n${summaryLine(verdicts, io)}`);
      const isBroken = verdicts.some(({ result }) => result === 'failed');
      return isBroken ? exitCodes.wanting : exitCodes.done;
    } catch (cause) {
      if (!io.signal.aborted) throw cause;
      io.err('interrupted; the agents and the server have ended');
      return exitCodes.interrupted;
    }
  },
});
