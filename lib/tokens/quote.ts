/**
 * Quotes another server's text for a log: shortened, and with everything escaped that breaks a line, is invisible or
 * moves the cursor.
 */
export function quote(value: unknown, length: number): string {
  return JSON.stringify(String(value).slice(0, length)).replace(/[^ -~]/g, toEscape);
}

function toEscape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
