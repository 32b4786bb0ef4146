import { formatCount } from '../format/format-time.ts';
import { connection, extent } from '../state/store.ts';

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
export function NoAgents() {
  const { hello } = connection.value ?? {};
  if (!hello) return null;
  return (
    <section class="panel notice">
      <h2>No agents yet</h2>
      <p>
        Connected to <code>{hello.name}</code>. Start an agent:
      </p>
      <pre>
        <code>{'npx rollcall run --service web -- node server.js'}</code>
      </pre>
      <p>
        To see a failure and its removal on this machine, run <code>npx rollcall demo</code>.
      </p>
      <p class="row">
        <a class="button" href="/?sample">
          Open the sample recording ▸
        </a>
      </p>
    </section>
  );
}
