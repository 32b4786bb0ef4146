/** A rule of the protocol, with the behaviour of the model without it. */
export const weakenings = {
  'lease-before-record': 'a collector reads the lease before the record that it judges',
  'no-look-at-lease':
    'a collector expires and suspects by its own clock, without a look at the lease',
  'delete-unconditionally': 'a leftover is removed at whatever revision it has by then',
  'delete-what-is-there':
    'a leftover is removed at a revision read right before, not at the judged one',
  'record-before-instances': 'the first batch of a removal takes the record along, not the last',
  'record-unconditionally': 'the last batch of a removal expects no revision of the record',
  'stale-view': 'a removal takes its instances from a view that has not passed the expiry',
  'hold-unfenced': 'an expiry is not fenced on the absence of a hold',
  'instances-unfenced': "a run's instance writes are not fenced on its slot's record",
  'id-reused': 'a run whose claim has an unknown outcome claims again with the same id',
  'doubt-settled-by-reading':
    'after an unknown outcome a run reads instead of rewriting its record first',
  'knowledge-kept': 'what a run knew of its instances outlives a commit of unknown outcome',
  'record-before-lease': 'a lapsed run rewrites its record first and takes its lease then',
  'lapse-unnoticed': 'a run goes on claiming its lease when it has lapsed',
  'lease-need-not-move':
    'a lease counts for as long as the server keeps it, also if nobody renews it',
  'stillness-unnoticed': 'a run goes on claiming a lease that it has not renewed for a ttl',
  'chain-unended': 'whoever takes a slot over does not end the chain of the run before',
  'chain-begun-anew': 'an instance registered again begins its chain at 1 again',
  'leave-on-old-list': 'a run that leaves removes what it listed before it said so',
  'leftovers-unfenced': "a leftover's removal is not fenced on the slot's record",
  'batch-unfenced': "a removal's first batches are not fenced on the slot's record",
  'claim-unconfirmed': 'a run whose claim was lost and stands goes on without rewriting its record',
  'list-under-a-holder-kept':
    'a run that took its slot from a run that could still write does not list the instances again',
} as const;

export type Weakening = keyof typeof weakenings;

/** All rules, except some. */
export interface Rules {
  readonly without: ReadonlySet<Weakening>;
  /** Instances in one batch of a registration or a removal; the code's are up to 500 and 450. */
  readonly batch: number;
  /** Whether a run takes a free slot first and registers then, as agents of other languages may do. */
  readonly inSteps: boolean;
  /** Maximum number of commits in flight with unknown outcome. */
  readonly underWay: number;
  /**
   * Since a step of the server's clock: `back`: it ends no lease; `ahead`: it ends leases while their holders
   * claim them.
   */
  readonly serverClock: 'right' | 'back' | 'ahead';
}
