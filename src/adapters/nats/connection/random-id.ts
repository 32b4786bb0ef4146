/**
 * An id that works as a right: a batch accepts messages from anyone who knows its id, and a consumer can be
 * deleted by anyone who knows its name. 128 random bits in hex.
 *
 * Not the client's `nuid`, which is a random prefix and a counter with a constant step: one reply subject
 * tells all later ids of its process (measured: the names of eight consumers, from one ping).
 */
export const randomId = (): string =>
  Buffer.from(crypto.getRandomValues(new Uint8Array(16))).toString('hex');
