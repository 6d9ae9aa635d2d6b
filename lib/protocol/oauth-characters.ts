/**
 * Printable ASCII, of codes and tokens: `VSCHAR = %x20-7E`, for the class of a regular expression.
 *
 * @see [RFC 6749, appendix A](https://www.rfc-editor.org/rfc/rfc6749#appendix-A)
 */
export const VSCHAR = String.raw`\x20-\x7E`;

/** The same without SP, `"` and `\`, of scopes and of `error_uri`: `NQCHAR = %x21 / %x23-5B / %x5D-7E`. */
export const NQCHAR = String.raw`\x21\x23-\x5B\x5D-\x7E`;

/** The same with SP, of `error` and `error_description`: `NQSCHAR = %x20-21 / %x23-5B / %x5D-7E`. */
export const NQSCHAR = String.raw`\x20${NQCHAR}`;
