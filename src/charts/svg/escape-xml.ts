/** Escapes text for XML. A machine from a file can have any name. Characters that XML forbids become U+FFFD. */
export const escapeXml = (text: string): string =>
  text.replace(forbidden, '\ufffd').replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);

const forbidden =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the pattern matches control characters
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** An id without white space, for `[data-edge~="…"]`: `%` and white space are percent-encoded. */
export const attributeWord = (id: string): string =>
  id.replace(/[%\s]/g, (char) => [...utf8(char)].map((byte) => `%${byte}`).join(''));

const utf8 = (char: string): readonly string[] => {
  const encoded = encodeURIComponent(char);
  return encoded.startsWith('%')
    ? encoded.slice(1).split('%')
    : [char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')];
};
