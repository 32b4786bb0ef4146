import { dirname, join } from 'node:path';
import { chartOf } from '../../charts/model/chart.ts';
import { readOptionalText, watchInstancesFile, writeFileAtomic } from '../../composition/files.ts';
import { loadMachines } from '../../composition/load-machines.ts';
import { Fault } from '../../domain/fault.ts';
import { seconds } from '../../domain/time.ts';
import { renderChart } from '../charts/render-chart.ts';
import { command } from '../command/command.ts';
import { exitCodes } from '../command/exit.ts';
import { drawOptions } from '../command/settings/machines.ts';
import { escapeControls } from '../terminal/escape-terminal.ts';
import type { Terminal } from '../terminal/io.ts';

export const machinesWatch = command({
  name: 'machines watch',
  summary: 'draw the machines of a file as SVG next to it, and again on every change',
  args: '<file>',
  settings: drawOptions,
  examples: [
    ['rollcall machines watch machines/run.ts', 'writes machines/run.svg on every save'],
    ['rollcall machines watch run', 'short for machines/run.ts'],
  ],
  async run({ settings, io, args: [named = ''] }) {
    const file = await sourceOf(named);
    let reading = 0;
    let before: string | undefined;
    const draw = async () => {
      const text = await readOptionalText(file);
      if (text === undefined || text === before) return;
      before = text;
      reading += 1;
      await drawBeside(file, reading, settings, io);
    };
    await draw();
    io.err(io.palette.dim(`watching ${file}; Ctrl-C stops`));
    for await (const _ of watchInstancesFile(file, seconds(1), io.signal)) await draw();
    return exitCodes.done;
  },
});

/** Draws the machines; a file that cannot be loaded is reported, as it may be half edited. */
async function drawBeside(
  file: string,
  reading: number,
  { theme, depth }: { readonly theme: 'light' | 'dark'; readonly depth: number | undefined },
  io: Terminal,
): Promise<void> {
  try {
    for (const machine of Object.values(await loadMachines(file, reading))) {
      const chart = chartOf(machine);
      const svg = await renderChart(chart, { format: 'svg', theme, depth }, io);
      const picture = join(dirname(file), `${chart.machine.replace(/[^\w.-]/g, '_')}.svg`);
      await writeFileAtomic(picture, [svg]);
      io.out(`${chart.machine} #${chart.hash} drawn to ${picture}`);
    }
  } catch (cause) {
    if (!(cause instanceof Fault)) throw cause;
    for (const line of cause.message.split('\n')) io.err(io.palette.dubious(escapeControls(line)));
  }
}

/** @throws {Fault} `not-found` */
async function sourceOf(named: string): Promise<string> {
  for (const file of [named, join('machines', `${named}.ts`)]) {
    if ((await readOptionalText(file)) !== undefined) return file;
  }
  throw new Fault('not-found', `there is no file '${named}' and no file 'machines/${named}.ts'`, {
    hint: 'name the file that exports the machine',
  });
}
