import './page.css';
import { render } from 'preact';
import { App } from './app.tsx';
import { styleCharts } from './chart-style.ts';
import icon from './icon.svg';
import { listenToKeys } from './keys.ts';
import { start } from './store.ts';
import { applyTheme } from './theme.ts';

const place = document.getElementById('page');
document.head.append(
  Object.assign(document.createElement('link'), {
    rel: 'icon',
    href: new URL(icon, import.meta.url).href,
  }),
);
applyTheme();
styleCharts();
start();
listenToKeys();
if (place) {
  place.textContent = '';
  render(<App />, place);
}
