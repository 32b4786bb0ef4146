/** Whether it is the recording that comes with every server that is looked at: `/?sample`. */
export const isSample = self.location.search === '?sample';

/** Where the server answers: of the page and of its worker alike. */
export const apiPath = (path: string): string => `${isSample ? '/sample' : ''}/api/${path}`;
