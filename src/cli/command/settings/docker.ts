import { z } from 'zod';
import { Duration } from '../../../composition/time/duration.ts';
import { seconds } from '../../../domain/time.ts';
import type { Settings } from './setting.ts';

const usualSocket = '/var/run/docker.sock';

/** Containers as instances. */
export const docker = {
  docker: {
    flag: '--docker [socket]',
    description: `register the containers with the label rollcall.service; without a value ${usualSocket}`,
    fallback: 'off',
    schema: z
      .union([z.string(), z.boolean()])
      .transform((value) => (value === true || value === 'true' ? usualSocket : String(value)))
      .pipe(z.string().startsWith('/', 'must be the path of a socket'))
      .optional(),
  },
  dockerLinger: {
    flag: '--docker-linger <duration>',
    description: 'how long a container that failed stays registered as failing',
    fallback: '10s',
    schema: Duration.default(seconds(10)),
  },
} as const satisfies Settings;
