/** PostgreSQL has no text with a NUL, and answers a search for one with an error. */
export function isStorable(text: string): boolean {
  return !text.includes('\0');
}
