import { useState } from 'preact/hooks';
import { problems } from '../problems.ts';
import type { Transition } from '../questions.ts';
import { useAnswer } from './answers.ts';
import { Compared } from './compared.tsx';
import { EventRow } from './event-row.tsx';
import { fold } from './folding.ts';
import { State } from './state.tsx';
import { extent, hrefTo, moment, roll, route, setWords, version } from './store.ts';
import { isOf, readSubject, subjectName, writeSubject } from './subject.ts';
import { counted } from './times.ts';
import { Words } from './words.tsx';

const atATime = 100;

/** Everything that happened to one agent, host or instance, newest first. */
export function EntityScreen() {
  void version.value;
  const { words } = route.value;
  const subject = readSubject(words['of'] ?? words['sel']);
  const [most, setMost] = useState(atATime);
  const here = moment.value;
  const numbers = subject
    ? roll.entities.flatMap((entity, number) => (isOf(subject, entity) ? [number] : []))
    : [];
  const all = useAnswer<Transition[]>(
    { ask: 'history', entities: numbers, upTo: here?.seq ?? 0 },
    extent.value?.from,
  );
  if (!subject) {
    return (
      <section class="panel notice">
        <h1>History of one</h1>
        <p>
          Choose an agent, a host or an instance in{' '}
          <a href={hrefTo({ screen: 'fleet', words: {} })}>Fleet</a>.
        </p>
      </section>
    );
  }
  const only = words['only'] ?? '';
  const text = (words['f'] ?? '').toLowerCase();
  const shown = (all ?? []).filter((one) => {
    const kind = roll.entities[one.entity]?.entity ?? '';
    if (only === 'problems' && !problems.has(one.type)) return false;
    if (only === 'moves' && one.from === one.to) return false;
    if (only !== '' && only !== 'problems' && only !== 'moves' && kind !== only) return false;
    return (
      text === '' ||
      `${one.type} ${one.to} ${one.note.why ?? ''} ${one.note.by ?? ''}`
        .toLowerCase()
        .includes(text)
    );
  });
  const rows = fold(shown);
  const kinds = [...new Set(numbers.map((one) => roll.entities[one]?.entity ?? ''))].filter(
    Boolean,
  );
  const chosen = (words['rows'] ?? '').split('.').filter(Boolean).map(Number);
  const slot = subject.kind === 'agent' ? roll.slot(subject.host, subject.agent) : undefined;
  return (
    <>
      <section class="panel head" aria-label="History">
        <h1>
          <span class="dim">{subject.kind}</span> <Words text={subjectName(subject)} />{' '}
          {slot ? <State word={slot.word} reason={slot.reason} /> : null}
        </h1>
        {slot ? <span class="dim">{counted(slot.instances.length, 'instance')}</span> : null}
        <span class="grow" />
        <label class="pick">
          Show
          <select value={only} onChange={(event) => setWords({ only: event.currentTarget.value })}>
            <option value="">everything</option>
            <option value="moves">changes of state</option>
            <option value="problems">problems</option>
            {kinds.map((kind) => (
              <option key={kind} value={kind}>
                {kind} only
              </option>
            ))}
          </select>
        </label>
        <input
          type="search"
          value={words['f'] ?? ''}
          placeholder="Filter  /"
          aria-label="Filter by event, state, reason"
          onInput={(event) => setWords({ f: event.currentTarget.value })}
        />
        <a
          class="button"
          href={hrefTo({
            screen: 'timeline',
            words: { sel: writeSubject(subject), lanes: 'entity' },
          })}
        >
          Timeline
        </a>
        <CopyAll rows={shown} />
      </section>
      {chosen.length === 2 ? <Compared rows={chosen} /> : null}
      <section class="panel">
        {all && rows.length === 0 ? (
          <p class="notice">
            {all.length === 0
              ? 'Nothing of it is in memory up to this moment.'
              : `0 of ${counted(all.length, 'transition')} match.`}
          </p>
        ) : null}
        <ol class="history" aria-label="Transitions, newest first">
          {rows.slice(0, most).map((one) => (
            <EventRow key={`${one.newest.seq}`} folded={one} chosen={chosen} />
          ))}
        </ol>
        {rows.length > most ? (
          <p class="more">
            <button type="button" onClick={() => setMost(most + atATime)}>
              Show {Math.min(atATime, rows.length - most)} more of {rows.length - most}
            </button>
          </p>
        ) : null}
      </section>
    </>
  );
}

function CopyAll({ rows }: { readonly rows: readonly Transition[] }) {
  const [done, setDone] = useState(false);
  return (
    <button
      type="button"
      onClick={() => {
        const lines = rows.map((one) =>
          JSON.stringify({ ...one, entity: roll.entities[one.entity] }),
        );
        void navigator.clipboard.writeText(lines.join('\n')).then(() => setDone(true));
      }}
    >
      {done ? 'Copied' : 'Copy as NDJSON'}
    </button>
  );
}
