/** Whether a key press may be a shortcut of a screen: without modifiers, outside of fields, and not handled yet. */
export const isShortcut = ({ ctrlKey, metaKey, altKey, defaultPrevented, target }: KeyboardEvent) =>
  !(ctrlKey || metaKey || altKey || defaultPrevented) &&
  !(target as Element).matches('input, select, textarea');
