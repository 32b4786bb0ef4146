/**
 * Seeds that found a bug, each with the bug; always run first. What a seed draws changes with every new
 * kind of happening: what was found is kept by a test of its own too.
 */
export const keptSeeds: ReadonlyMap<number, string> = new Map([
  [12, 'a watch waited for a rest too small to pass, and virtual time stood still'],
  [20105, 'a view looked younger than its line was cut: an answer under way came through the cut'],
  [
    20088,
    'an expired run’s slot was taken again: no removal of a record, and not to be judged as one',
  ],
  [20375, 'a view is as old as its last word was taken in, not as it was said'],
  [518, 'a run served for ever on a lease that was over when it was acknowledged'],
  [3167, 'a consumer was not told of health that changed behind `contested`'],
  [
    67,
    'a lease that the server kept for a day never counted as unmoved: it was forgotten each hour',
  ],
  [199, 'a collector that lost its seat in a freeze wrote an expiry that had waited for an answer'],
  [2001717, 'a run used an event number again: it forgot a removal whose answer was under way'],
  [2005175, 'an instance kept until its time was over kept out the next one of its name'],
  [
    2014369,
    'a tombstone ended unseen: the server’s clock was set forward while a view was cut off',
  ],
  [2019141, 'a suspicion waited for an answer during a suspension, and was written after it'],
  [
    30001584,
    'an instance was not kept because a later registration of its name was kept, whose time ended first',
  ],
  [
    50009545,
    'a seat that had expired in memory came back when the clock of the server was set back',
  ],
  [
    80006361,
    'the check of G13 wanted an instance to be kept that had failed after the last look of the consumer',
  ],
  [
    80010375,
    'in memory, a run that had stopped still answered pings: the reply to its subscription had been lost',
  ],
  [
    90003761,
    'a collector with nothing to write said for 15 s after an outage that the store refuses its commits',
  ],
  [
    100000377,
    'the check of silence counted from the lease, though a late commit of the run had just cleared its suspicion',
  ],
]);
