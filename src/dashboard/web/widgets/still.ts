/** Fills an element with a template of index.html: a text that never changes. */
export const still =
  (id: string) =>
  (element: HTMLElement | null): void =>
    element?.replaceChildren(
      (document.getElementById(id) as HTMLTemplateElement).content.cloneNode(true),
    );
