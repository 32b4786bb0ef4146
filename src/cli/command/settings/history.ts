import { z } from 'zod';
import type { Settings } from './setting.ts';

/** Source of the history, for commands that only read it. */
export const source = {
  file: {
    flag: '--file <file>',
    description: 'read a history file written by `audit export`; no server is needed',
    schema: z.string().min(1, 'not empty').optional(),
  },
} as const satisfies Settings;
