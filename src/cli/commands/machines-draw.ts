import { extname, join } from 'node:path';
import { z } from 'zod';
import { writeFileAtomic } from '../../composition/files.ts';
import { Fault } from '../../domain/fault.ts';
import { type Format, fileExtensions, formats, renderChart } from '../charts/render-chart.ts';
import { chartNamed, chartsIn } from '../charts/select-charts.ts';
import { command } from '../command/command.ts';
import { exitCodes } from '../command/exit.ts';
import { drawOptions, format, machineSource } from '../command/settings/machines.ts';
import { paletteOf } from '../terminal/palette.ts';

export const machinesDraw = command({
  name: 'machines draw',
  summary: 'draw a state machine as a picture, as Mermaid or Graphviz text, or as a tree',
  args: '[name]',
  settings: {
    ...machineSource,
    ...drawOptions,
    format: {
      flag: '--format <format>',
      description: formats.join(', '),
      fallback: 'by the extension of --out, else text',
      schema: format.optional(),
    },
    out: {
      flag: '--out <file>',
      description: 'output file; with --all an existing directory',
      fallback: 'standard output',
      schema: z.string().min(1, 'not empty').optional(),
    },
    all: {
      flag: '--all',
      description: 'draw every machine',
      schema: z.union([z.boolean(), z.stringbool()], { error: 'true or false' }).default(false),
    },
  },
  examples: [
    ['rollcall machines draw run', 'as a tree, in the terminal'],
    ['rollcall machines draw session --out session.svg --theme dark', 'as a picture'],
    ['rollcall machines draw run --out run.png --depth 1', 'only the outermost states'],
    ['rollcall machines draw --all --format mermaid --out docs', 'each into its own file'],
  ],
  async run({ settings, io, args: [name] }) {
    const { out, all, theme, depth } = settings;
    if ((name === undefined) !== all) {
      throw new Fault('bad-setting', 'machines draw takes either a machine name or --all', {
        hint: 'to list the names: rollcall machines list',
      });
    }
    const charts = await chartsIn(settings.machines);
    const chosen = name === undefined ? charts : [chartNamed(name, charts)];
    const as = settings.format ?? (all || out === undefined ? 'text' : formatOf(out));
    if (as === 'png' && out === undefined) {
      throw new Fault('bad-setting', 'a PNG cannot be printed to the terminal', {
        hint: 'write it to a file: --out FILE',
      });
    }
    for (const chart of chosen) {
      const reader = out === undefined ? io : { ...io, palette: paletteOf(1) };
      const content = await renderChart(chart, { format: as, theme, depth }, reader);
      if (out === undefined) {
        io.out(String(content).replace(/\n$/, ''));
        continue;
      }
      const file = all ? join(out, `${fileName(chart.machine)}.${fileExtensions[as]}`) : out;
      await writeFileAtomic(file, [content]);
      io.err(`${chart.machine} #${chart.hash} drawn to ${file}`);
    }
    return exitCodes.done;
  },
});

/** @throws {Fault} `bad-setting` for an unknown extension, which is most likely a typo */
function formatOf(file: string): Format {
  const ending = extname(file).slice(1);
  if (ending === '') return 'text';
  const format = formats.find((one) => ending === fileExtensions[one] || ending === one);
  if (format) return format;
  throw new Fault('bad-setting', `--out '${file}': no format has the extension '.${ending}'`, {
    hint: `choose a format: --format ${formats.join(', ')}`,
  });
}

/** The name of a machine may contain any character; that of a file may not. */
const fileName = (machine: string): string => machine.replace(/[^\w.-]/g, '_');
