const SP = 0x20;
const HTAB = 0x09;

// OWS = *( SP / HTAB )
const isWhitespace = (code: number): boolean => code === SP || code === HTAB;

/**
 * Removes optional whitespace (SP and HTAB, nothing else) from both ends.
 *
 * @see [RFC 9110, section 5.6.3](https://www.rfc-editor.org/rfc/rfc9110#section-5.6.3)
 */
export function trimOptionalWhitespace(text: string): string {
  const isTrimmed =
    !isWhitespace(text.charCodeAt(0)) && !isWhitespace(text.charCodeAt(text.length - 1));
  return isTrimmed ? text : trimmed(text);
}

function trimmed(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isWhitespace(text.charCodeAt(start))) start++;
  while (end > start && isWhitespace(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
}
