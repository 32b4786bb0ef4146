import { stylesheet } from '../../../../charts/svg/stylesheet.ts';
import { variablesOf } from '../../../../charts/svg/theme.ts';

/** Styles charts in the page's theme. Uses the CSSOM, because the content policy forbids inline styles. */
export function styleCharts(): void {
  const [light, dark] = [variablesOf('light'), variablesOf('dark')];
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`
    :root { ${light} }
    @media (prefers-color-scheme: dark) { :root:not([data-theme='light']) { ${dark} } }
    :root[data-theme='dark'] { ${dark} }
    ${stylesheet('css')}`);
  document.adoptedStyleSheets = [sheet];
}
