import { z } from 'zod';
import { formats } from '../../charts/render-chart.ts';
import type { Settings } from './setting.ts';

/** Source of the machines. */
export const machineSource = {
  machines: {
    flag: '--machines <file>',
    description: 'machines exported by this file, or by the files of this directory',
    fallback: 'the built-in machines',
    schema: z.string().min(1, 'a file or a directory').optional(),
  },
} as const satisfies Settings;

const formatRule = `one of ${formats.join(', ')}`;

/** How to draw a machine. */
export const drawOptions = {
  theme: {
    flag: '--theme <theme>',
    description: 'colour theme: light or dark',
    fallback: 'light',
    schema: z.enum(['light', 'dark'], { error: 'light or dark' }).default('light'),
  },
  depth: {
    flag: '--depth <levels>',
    description: 'draw only this many levels of states; deeper states are collapsed (svg, png)',
    fallback: 'all',
    schema: z.coerce.number({ error: 'a number from 1' }).int().min(1, 'from 1').optional(),
  },
} as const satisfies Settings;

export const format = z.enum(formats, { error: formatRule });
