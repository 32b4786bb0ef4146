import { useEffect } from 'preact/hooks';
import type { ApiBrakes } from '../../api-types.ts';
import {
  clockTime,
  countdown,
  dayTime,
  formatCount,
  formatDuration,
  timeLeft,
} from '../format/format-time.ts';
import { isSample } from '../protocol/api-path.ts';
import { liveLabel } from '../state/head-name.ts';
import {
  clock,
  connection,
  extent,
  fleet,
  hrefTo,
  isPast,
  moment,
  momentPath,
  now,
  present,
  retry,
  route,
  seek,
  version,
} from '../state/store.ts';
import { useFetch } from '../state/use-query.ts';
import { useThrottled } from '../state/use-throttled.ts';
import { BidiText } from '../widgets/bidi-text.tsx';
import { BrakeEnd } from '../widgets/brake-end.tsx';
import { still, textOf } from '../widgets/still.ts';

/** Stays for as long as the page shows the sample. */
const fillSample = still('sample');
const fillNoCollector = still('no-collector');

/** Notices that apply to the whole page: sample, connection, past, clock skew, brakes and holds. */
export function Banners() {
  const notice = connection.value?.hello?.notice;
  return (
    <div class="banners">
      {isSample ? <div class="banner sample" data-testid="sample" ref={fillSample} /> : null}
      {notice ? <div class="banner stale">{notice}</div> : null}
      <div aria-live="polite">
        <ConnectionBanner />
        <PastBanner />
      </div>
      <SkewBanner />
      <HoldAndBrakeBanners />
    </div>
  );
}

function PastBanner() {
  const here = moment.value;
  const floor = extent.value?.floor ?? 0;
  const wanted = route.value.at;
  if (!isPast.value || !here) return null;
  return (
    <div class="banner past" data-testid="past">
      <span aria-hidden="true">◷</span>
      <span>
        Viewing <b>{dayTime(here.at)}</b>
        <span aria-live="off"> ({formatDuration(present.value - here.at)} ago)</span>
        <span aria-live="off"> — {formatCount(here.newer, 'change')} since</span>
        {wanted !== null && wanted < floor ? '; older history is still loading' : ''}
      </span>
      <button type="button" onClick={() => seek('head')}>
        Back to {liveLabel.value} (L)
      </button>
    </div>
  );
}

function ConnectionBanner() {
  const one = connection.value;
  if (!one) return null;
  const { state, why, attempt, retryAt, brokenSince, markAt, mark } = one;
  if (state === 'broken') {
    const old = markAt === 0 ? '' : `Data is ${formatDuration(clock.value - markAt)} old. `;
    return (
      <div class="banner stale" data-testid="stale">
        <span aria-hidden="true">▲</span>
        <span>
          <b aria-live="off">{old}</b>
          {sentence(why ?? 'the connection was lost')}; retry{' '}
          <span aria-live="off">{timeLeft(retryAt ?? clock.value, clock.value)}</span> (attempt{' '}
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
          {textOf('away')} {clockTime(mark.storeAwaySince)}. The live view stops at seq {mark.head}.
        </span>
      </div>
    );
  }
  return null;
}

function SkewBanner() {
  const skew = connection.value?.skew ?? 0;
  if (Math.abs(skew) < 5000 || connection.value?.hello?.mode === 'recording') return null;
  return (
    <div class="banner calm">
      This browser's clock is {formatDuration(Math.abs(skew))} {skew < 0 ? 'ahead of' : 'behind'}{' '}
      the server's. Countdowns use the server's clock.
    </div>
  );
}

/** That no collector watches, and the brakes and holds that are active: how many runs, why, and what ends them. */
function HoldAndBrakeBanners() {
  void version.value;
  const brakes = fleet.of('brake').filter(({ state }) => state === 'braked');
  const holds = fleet.of('hold').filter(({ state }) => state === 'planned');
  const seq = moment.value?.seq ?? 0;
  const path = useThrottled(`${momentPath('brakes')}#${seq}`, isPast.value ? 300 : 2000);
  const { value: forecast } = useFetch<ApiBrakes>(brakes.length > 0 ? path : null);
  useEffect(() => {
    if (forecast) fleet.turns.value = forecast.turns;
  }, [forecast]);
  return (
    <>
      {fleet.observation === 'unobserved' && fleet.slots().length > 0 ? (
        <div class="banner stale" data-testid="no-collector" ref={fillNoCollector} />
      ) : null}
      {brakes.map(({ number, entity, note, since }) =>
        entity.entity !== 'brake' ? null : (
          <div key={number} class="banner calm" data-testid="brake">
            <span aria-hidden="true">◔</span>
            <span>
              <b>
                Brake on in zone <BidiText text={entity.zone} />
              </b>{' '}
              since {clockTime(since)}: runs expire one at a time, {note.expired ?? 0} since then.{' '}
              <BrakeEnd of={forecast?.brakes.find(({ zone }) => zone === entity.zone)} />{' '}
              <a href={hrefTo({ screen: 'gc', params: {} })}>What waits</a>
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
              : silence is planned, no run expires. Ends{' '}
              {note.until === undefined ? 'when released' : countdown(note.until, now.value)}
              {note.why ? ` — ${note.why}` : ''}.
            </span>
          </div>
        ),
      )}
    </>
  );
}

const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
