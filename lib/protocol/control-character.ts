// CTL = %x00-1F / %x7F (RFC 5234, appendix B.1); Unicode's Cc adds %x80-9F.
const CONTROL_CHARACTER = /\p{Cc}/u;

/**
 * Tells whether text holds a control character: C0, DEL or C1.
 *
 * @see [RFC 5234, appendix B.1](https://www.rfc-editor.org/rfc/rfc5234#appendix-B.1)
 */
export function hasControlCharacter(text: string): boolean {
  return CONTROL_CHARACTER.test(text);
}
