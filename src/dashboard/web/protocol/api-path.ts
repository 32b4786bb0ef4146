/** Whether the page shows the sample recording that every server has: `/?sample`. */
export const isSample = self.location.search === '?sample';

/** The path of the API, for the page and its worker. */
export const apiPath = (path: string): string => `${isSample ? '/sample' : ''}/api/${path}`;
