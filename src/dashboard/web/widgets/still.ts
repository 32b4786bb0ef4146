/** The text of a template of index.html. */
export const textOf = (id: string): string =>
  (document.getElementById(id) as HTMLTemplateElement).content.textContent ?? '';

/** Fills an element with a template of index.html: a text that never changes. */
export const still =
  (id: string) =>
  (element: HTMLElement | null): void =>
    element?.replaceChildren(
      (document.getElementById(id) as HTMLTemplateElement).content.cloneNode(true),
    );
