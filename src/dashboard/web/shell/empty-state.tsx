import { formatCount } from '../format/format-time.ts';
import { connection, extent } from '../state/store.ts';
import { still } from '../widgets/still.ts';

/** Shown while there is no history: why, since when, and what to do. */
export function EmptyState() {
  const { hello, state, why } = connection.value ?? {};
  if (!hello || (hello.last > 0 && !(extent.value?.complete && extent.value.rows === 0))) {
    return (
      <section class="panel notice">
        <h2>
          {state === 'broken' ? 'The dashboard server does not answer' : 'Loading the history …'}
        </h2>
        <p>{why ?? 'The newest events load first.'}</p>
      </section>
    );
  }
  if (hello.last > 0) {
    return (
      <section class="panel notice">
        <h2>No event can be read</h2>
        <p>
          This version understands none of the {formatCount(hello.last - hello.first + 1, 'event')}{' '}
          stored. <code>rollcall audit verify</code> says why.
        </p>
      </section>
    );
  }
  return <NoAgents />;
}

/** Shown while no agent has ever registered: how to start one. */
export const NoAgents = () => <section class="panel notice" ref={fill} />;

const fill = still('no-agents');
