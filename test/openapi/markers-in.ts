/** Everything in a document that names this package, which a document has no reason to. */
export function markersIn(document: object): string[] {
  return JSON.stringify(document).match(/[\w:-]*nestjs-security[\w:-]*/g) ?? [];
}
