import type { errors } from '@nats-io/transport-node';

type ClientErrors = typeof errors;

/** The names of errors that differ from those of their classes (nats-core 3.4). */
const otherNames: Readonly<Partial<Record<keyof ClientErrors, string>>> = {
  NoRespondersError: 'NoResponders',
};

/**
 * Whether this is an error of the NATS client of one of these kinds.
 *
 * It is judged by its name: the connection of an application may come from another copy of the client, whose
 * classes are others, so `instanceof` would be false.
 */
export const isClientError = <Kind extends keyof ClientErrors>(
  cause: unknown,
  ...kinds: readonly Kind[]
): cause is InstanceType<ClientErrors[Kind]> =>
  cause instanceof Error && kinds.some((kind) => (otherNames[kind] ?? kind) === cause.name);
