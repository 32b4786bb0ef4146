/**
 * Properties that the script names shortly: long names that never leave one tab or one worker.
 *
 * No name of an answer of the server, of a message between tab and worker, of an address or of the browser may be
 * among them: the other side would not find it. Never write one of them in quotes.
 */
export const innerNames = [
  ...['entityState', 'unbrokenSince', 'hostNumber', 'drainedSince', 'startedAt', 'cameBack'],
  ...['lostWith', 'holdOf', 'isHeld', 'isSuspect', 'isPart', 'isLoading', 'rivals', 'hasShared'],
  ...['isLastEnd', 'setObservation', 'addNames', 'addActs', 'onMessage', 'troubled', 'unusual'],
  ...['atATime', 'onMore', 'onChoose', 'onMissing', 'onFold', 'painted', 'folded'],
  ...[
    'isFirst',
    'isOpen',
    'isFound',
    'isNegated',
    'choices',
    'pinnedAt',
    'isCovered',
    'isComplete',
  ],
  ...[
    'rowAtTime',
    'lastRowOf',
    'startOf',
    'originOf',
    'edgesOf',
    'edgeList',
    'noteOf',
    'ownNoteOf',
  ],
  ...['sendChanges', 'seatsSeen', 'lastActAt', 'hasSeat', 'isBlind', 'observation'],
  ...['matching', 'handed', 'neighbour', 'bands'],
];
