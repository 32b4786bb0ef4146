import { type KeyValueEntry, readSeat } from '../records/stored-record.ts';

/**
 * The seats whose holders judge. A blind holder notices no failure, so its seat is as good as free to
 * whoever asks whether the fleet is observed. A value without `judges`, or one that cannot be read, is of
 * another version and counts.
 */
export const judgingSeats = (seats: readonly KeyValueEntry[]): readonly KeyValueEntry[] =>
  seats.filter(({ text }) => readSeat(text)?.judges !== false);
