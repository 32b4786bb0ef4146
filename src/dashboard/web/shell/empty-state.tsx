import { clockTime, formatCount, since } from '../format/format-time.ts';
import { clock, extent, link } from '../state/store.ts';

/** No history yet: what is true, since when, and what can be done. */
export function EmptyState() {
  const { hello, state, why } = link.value ?? {};
  if (!hello) {
    return (
      <section class="panel notice">
        <h2>
          {state === 'broken' ? 'The dashboard server does not answer' : 'Reading the history …'}
        </h2>
        <p>{why ?? 'The newest part comes first.'}</p>
      </section>
    );
  }
  if (hello.last > 0 && extent.value?.complete && extent.value.rows === 0) {
    return (
      <section class="panel notice">
        <h2>Nothing here can be read</h2>
        <p>
          {formatCount(hello.last - hello.first + 1, 'event')}, and none that this version
          understands. What comes next is shown as it comes. <code>rollcall audit verify</code> says
          what is wrong with each.
        </p>
      </section>
    );
  }
  if (hello.last > 0) {
    return (
      <section class="panel notice">
        <h2>Reading the history …</h2>
        <p>{hello.last.toLocaleString('en-GB')} events; the newest part comes first.</p>
      </section>
    );
  }
  return (
    <section class="panel notice">
      <h2>No agents yet</h2>
      <p>
        Listening on <code>{hello.name}</code> since {clockTime(hello.now)} (
        {since(hello.now, clock.value + (link.value?.skew ?? 0))}). Nothing has happened there so
        far.
      </p>
      <p>Start an agent:</p>
      <pre>
        <code>{'npx rollcall run --service web -- node server.js'}</code>
      </pre>
      <p>
        See the whole story on this machine: <code>npx rollcall demo</code>. Or look at one that was
        recorded:
      </p>
      <p class="row">
        <a class="button" href="/?sample">
          Show a sample recording ▸
        </a>
      </p>
    </section>
  );
}
