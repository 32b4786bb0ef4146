import { z } from 'zod';

const Texts = z.record(z.string(), z.string());

/** What is read of the engine's list of containers. */
export const ContainerList = z.array(
  z.object({ Id: z.string().regex(/^[0-9a-f]{12,64}$/), Labels: Texts.nullish() }),
);

/** What is read of one container. */
export const Container = z.object({
  Id: z.string().regex(/^[0-9a-f]{12,64}$/),
  Name: z.string(),
  Config: z.object({
    Image: z.string(),
    Labels: Texts.nullish(),
    ExposedPorts: z.record(z.string(), z.unknown()).nullish(),
    StopSignal: z.string().nullish(),
  }),
  HostConfig: z.object({ NetworkMode: z.string().nullish() }),
  State: z.object({
    Status: z.string(),
    Pid: z.number().int(),
    ExitCode: z.number().int(),
    Health: z
      .object({
        Status: z.string(),
        Log: z.array(z.object({ Output: z.string() })).nullish(),
      })
      .nullish(),
  }),
  NetworkSettings: z.object({
    Ports: z
      .record(
        z.string(),
        z.array(z.object({ HostIp: z.string().nullish(), HostPort: z.string() })).nullable(),
      )
      .nullish(),
    Networks: z
      .record(
        z.string(),
        z.object({ IPAddress: z.string().nullish(), GlobalIPv6Address: z.string().nullish() }),
      )
      .nullish(),
  }),
});
export type Container = z.output<typeof Container>;
