import { z } from 'zod';
import type { Settings } from './setting.ts';

/** Where a history comes from, for every command that only reads one. */
export const source = {
  file: {
    flag: '--file <file>',
    description: 'read a history that `audit export` wrote; no server is needed',
    schema: z.string().min(1, 'not empty').optional(),
  },
} as const satisfies Settings;
