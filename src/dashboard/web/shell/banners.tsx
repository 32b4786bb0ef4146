import {
  clockTime,
  countdown,
  dayTime,
  formatCount,
  formatDuration,
} from '../format/format-time.ts';
import { isSample } from '../protocol/api-path.ts';
import { liveLabel } from '../state/head-name.ts';
import {
  clock,
  extent,
  isPast,
  isStale,
  link,
  moment,
  now,
  retry,
  roll,
  route,
  seek,
  version,
} from '../state/store.ts';
import { BidiText } from '../widgets/bidi-text.tsx';

/** What holds for everything below: the past, the link, what is held back, and why. */
export function Banners() {
  return (
    <div class="banners">
      {isSample ? <SampleBanner /> : null}
      <div aria-live="polite">
        <ConnectionBanner />
        <PastBanner />
      </div>
      <SkewBanner />
      <HoldAndBrakeBanners />
    </div>
  );
}

/** What is seen is nobody's fleet; it never goes away while that is so. */
function SampleBanner() {
  return (
    <div class="banner sample" data-testid="sample">
      <span aria-hidden="true">▶</span>
      <span>
        <b>A sample recording.</b> Not your fleet, and nothing in it is live: look at every screen,
        nothing can be changed.
      </span>
      <a class="button" href="/">
        Back to your fleet
      </a>
    </div>
  );
}

function PastBanner() {
  const here = moment.value;
  const floor = extent.value?.floor ?? 0;
  const wanted = route.value.at;
  if (!isPast.value || !here) return null;
  const { hello, skew } = link.value ?? { hello: null, skew: 0 };
  const end = hello?.mode === 'recording' ? (extent.value?.lastAt ?? here.at) : clock.value + skew;
  return (
    <div class="banner past" data-testid="past">
      <span aria-hidden="true">◷</span>
      <span>
        Viewing <b>{dayTime(here.at)}</b>
        <span aria-live="off"> ({formatDuration(end - here.at)} ago)</span>
        <span aria-live="off"> — {formatCount(here.newer, 'change')} since</span>
        {wanted !== null && wanted < floor ? '; what is older is still being read' : ''}
      </span>
      <button type="button" onClick={() => seek('head')}>
        Back to {liveLabel.value} (L)
      </button>
    </div>
  );
}

function ConnectionBanner() {
  const one = link.value;
  if (!one) return null;
  const { state, why, attempt, retryAt, brokenSince, markAt, mark, caughtUp } = one;
  if (state === 'broken' && isStale.value) {
    const old = markAt === 0 ? '' : `Data is ${formatDuration(clock.value - markAt)} old. `;
    return (
      <div class="banner stale" data-testid="stale">
        <span aria-hidden="true">▲</span>
        <span>
          <b aria-live="off">{old}</b>
          {sentence(why ?? 'the link broke')}; retry{' '}
          <span aria-live="off">{countdown(retryAt ?? clock.value, clock.value)}</span> (attempt{' '}
          {attempt}).
          {markAt === 0 ? '' : ` Everything below is as of ${clockTime(brokenSince ?? markAt)}.`}
        </span>
        <button type="button" onClick={retry}>
          Retry now
        </button>
      </div>
    );
  }
  if (mark?.storeAwaySince) {
    return (
      <div class="banner stale" data-testid="broker">
        <span aria-hidden="true">▲</span>
        <span>
          The server is up, NATS is not, since {clockTime(mark.storeAwaySince)}. The live view
          stands at seq {mark.head}; the history in memory still works: you can scrub.
        </span>
      </div>
    );
  }
  if (caughtUp && clock.value - markAt < 3000 && caughtUp.changes > 0) {
    return (
      <div class="banner good">
        Caught up {formatCount(caughtUp.changes, 'change')} in {formatDuration(caughtUp.in)}.
      </div>
    );
  }
  return null;
}

function SkewBanner() {
  const skew = link.value?.skew ?? 0;
  if (Math.abs(skew) < 5000 || link.value?.hello?.mode === 'recording') return null;
  return (
    <div class="banner calm">
      This browser's clock is {formatDuration(Math.abs(skew))} {skew < 0 ? 'ahead of' : 'behind'}{' '}
      the server's; countdowns go by the server's.
    </div>
  );
}

/** A brake and a hold are calm: they say how many, why, and what ends them. */
function HoldAndBrakeBanners() {
  void version.value;
  const brakes = roll.of('brake').filter(({ state }) => state === 'braked');
  const holds = roll.of('hold').filter(({ state }) => state === 'planned');
  return (
    <>
      {brakes.map(({ number, entity, note, since }) =>
        entity.entity !== 'brake' ? null : (
          <div key={number} class="banner calm" data-testid="brake">
            <span aria-hidden="true">◔</span>
            <span>
              <b>
                Brake on in zone <BidiText text={entity.zone} />
              </b>{' '}
              since {clockTime(since)}: {note.suspect ?? '?'} of {note.seen ?? '?'} agents suspect.
              Expiries go one at a time; {formatCount(note.expired ?? 0, 'run')} let through so far.
              Ends when less than 15 % are suspect.
            </span>
          </div>
        ),
      )}
      {holds.map(({ number, entity, note }) =>
        entity.entity !== 'hold' ? null : (
          <div key={number} class="banner calm" data-testid="hold">
            <span aria-hidden="true">❚❚</span>
            <span>
              <b>
                Hold on <BidiText text={entity.host} />
                {entity.agent === undefined ? '' : `/${entity.agent}`}
              </b>
              : silence there is planned, nothing expires. Ends{' '}
              {note.until === undefined
                ? 'when released'
                : `at ${dayTime(note.until)}, ${countdown(note.until, now.value)}`}
              {note.why ? ` — ${note.why}` : ''}.
            </span>
          </div>
        ),
      )}
    </>
  );
}

const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
