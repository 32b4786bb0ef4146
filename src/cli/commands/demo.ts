import { Duration } from '../../composition/time/duration.ts';
import { seconds } from '../../domain/time.ts';
import { command } from '../command/command.ts';
import { exitCodes } from '../command/exit.ts';
import { DemoEnvironment } from '../demo/environment.ts';
import { Narrator } from '../demo/narrator.ts';
import { runChapters } from '../demo/story.ts';
import { plural } from '../tables/footer.ts';

export const demo = command({
  name: 'demo',
  summary:
    'run a demonstration of 30 seconds with real agents: one is killed, one is frozen, one leaves',
  settings: {
    pace: {
      flag: '--pace <duration>',
      description: 'pause between the parts of the demonstration',
      fallback: '2s at a terminal, else 0s',
      schema: Duration.optional(),
    },
  },
  examples: [['rollcall demo', 'needs only this machine, and leaves nothing behind']],
  async run({ settings, io }) {
    const pause = settings.pace ?? (io.isTerminal ? seconds(2) : 0);
    const narrator = new Narrator(io, settings.json, pause);
    await using stage = await DemoEnvironment.open(settings, io, narrator);
    await runChapters({ stage, narrator, io });
    const took = `${Math.round(narrator.elapsed / 1000)} s`;
    narrator.say('');
    if (narrator.failed > 0) {
      narrator.say(io.palette.expired(`${plural(narrator.failed, 'check')} failed (${took})`));
      return exitCodes.wanting;
    }
    narrator.say(`${io.palette.live('Demonstration complete')} in ${took}. Try it yourself:`);
    narrator.say(
      `  rollcall up                          ${io.palette.dim('a server and a collector')}`,
    );
    narrator.say(`  rollcall agent --name first          ${io.palette.dim('in another terminal')}`);
    narrator.say(`  rollcall watch                       ${io.palette.dim('in a third')}`);
    return exitCodes.done;
  },
});
