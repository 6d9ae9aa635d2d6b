/** What another server says, for a log: shortened, and nothing that breaks a line, is not seen or moves the cursor. */
export function quote(value: unknown, length: number): string {
  return JSON.stringify(String(value).slice(0, length)).replace(/[^ -~]/g, toEscape);
}

function toEscape(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
