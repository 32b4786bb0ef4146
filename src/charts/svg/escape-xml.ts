/** Text for XML. A machine of a file may be called anything; control characters XML cannot hold go. */
export const escapeXml = (text: string): string =>
  text.replace(forbidden, '\ufffd').replace(/[&<>"']/g, (char) => `&#${char.charCodeAt(0)};`);

const forbidden =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
  /[\u0000-\u0008\u000b\u000c\u000e-\u001f\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/** An id as one word of an attribute, for `[data-edge~="…"]`: `%` and white space as in a URL. */
export const attributeWord = (id: string): string =>
  id.replace(/[%\s]/g, (char) => [...utf8(char)].map((byte) => `%${byte}`).join(''));

const utf8 = (char: string): readonly string[] => {
  const encoded = encodeURIComponent(char);
  return encoded.startsWith('%')
    ? encoded.slice(1).split('%')
    : [char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')];
};
