const zone = new Intl.DateTimeFormat('en-GB', { timeZoneName: 'short' });

/** The local time zone, in which all times are shown: `UTC`, `CET`, `GMT+2`. */
export const zoneName = (at: number): string =>
  zone.formatToParts(at).find(({ type }) => type === 'timeZoneName')?.value ?? '';
