import { z } from 'zod';
import { formats } from '../../charts/render-chart.ts';
import type { Settings } from './setting.ts';

/** Whose machines are drawn. */
export const machineSource = {
  machines: {
    flag: '--machines <file>',
    description: 'machines that this file, or the files of this directory, export',
    fallback: "Rollcall's own",
    schema: z.string().min(1, 'a file or a directory').optional(),
  },
} as const satisfies Settings;

const formatRule = `one of ${formats.join(', ')}`;

/** How a machine is drawn. */
export const drawOptions = {
  theme: {
    flag: '--theme <theme>',
    description: 'light or dark',
    fallback: 'light',
    schema: z.enum(['light', 'dark'], { error: 'light or dark' }).default('light'),
  },
  depth: {
    flag: '--depth <levels>',
    description: 'how many levels of states are drawn; deeper ones are collapsed (svg, png)',
    fallback: 'all',
    schema: z.coerce.number({ error: 'a number from 1' }).int().min(1, 'from 1').optional(),
  },
} as const satisfies Settings;

export const format = z.enum(formats, { error: formatRule });
