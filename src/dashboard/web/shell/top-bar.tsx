import { clockTime } from '../format/format-time.ts';
import { age } from '../model/data-age.ts';
import { kept, type Screen } from '../state/route.ts';
import { clock, connection, hrefTo, isPast, moment, route } from '../state/store.ts';
import { switchTheme, theme } from '../state/theme.ts';
import { BidiText } from '../widgets/bidi-text.tsx';
import { still } from '../widgets/still.ts';
import { openHelp } from './keyboard-shortcuts.ts';

const tabs: readonly (readonly [Screen, string])[] = [
  ['fleet', 'Fleet'],
  ['services', 'Services'],
  ['timeline', 'Timeline'],
  ['machines', 'Machines'],
  ['gc', 'GC'],
];

export function TopBar() {
  const { screen } = route.value;
  const name = connection.value?.hello?.name;
  return (
    <header class="top">
      <button type="button" class="skip" onClick={skip}>
        Skip to content
      </button>
      <span class="brand">
        <span class="brand" ref={brand} />
        {name === undefined ? null : (
          <BidiText class="dim" text={name.split(/[\\/]/).at(-1) ?? name} />
        )}
      </span>
      <nav aria-label="Screens">
        {tabs.map(([one, title]) => (
          <a
            key={one}
            href={hrefTo({ screen: one, params: kept(route.value, one) })}
            aria-current={screen === one ? 'page' : undefined}
          >
            {title}
          </a>
        ))}
      </nav>
      <span class="grow" />
      <Age />
      <button
        type="button"
        class="quiet"
        aria-label={`Theme: ${theme.value}`}
        title={`Theme: ${theme.value}`}
        onClick={switchTheme}
      >
        {theme.value === 'dark' ? '☾' : theme.value === 'light' ? '☀' : '◐'}
      </button>
      <button
        type="button"
        class="quiet"
        aria-label="Keyboard help"
        title="Keyboard help (?)"
        onClick={openHelp}
      >
        ?
      </button>
    </header>
  );
}

const brand = still('brand');

function skip(): void {
  document.getElementById('main')?.focus();
}

/** The age of the data. Always visible. */
function Age() {
  const { kind, text, title } = age(connection.value, clock.value, {
    past: isPast.value && moment.value ? clockTime(moment.value.at) : null,
  });
  return (
    <span class={`age age-${kind}`} title={title} data-testid="age">
      <span class="dot" aria-hidden="true" />
      {text}
    </span>
  );
}
