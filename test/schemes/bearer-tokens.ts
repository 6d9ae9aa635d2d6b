/** Credentials of a Bearer header that are a token, as RFC 6750 has it. */
export const wellFormedTokens = [
  'mF_9.B5f-4.1JqM',
  'abc==',
  'a/b+c~d',
  '0',
  `${'a'.repeat(4096)}=`,
  '-._~+/',
];

/** `Authorization` values of the Bearer scheme that hold no token. */
export const malformedBearer: [kind: string, value: string][] = [
  ['the scheme alone', 'Bearer'],
  ['the scheme and a space', 'Bearer '],
  ['the scheme and tabs', 'Bearer \t\t'],
  ['two tokens', 'Bearer a b'],
  ['two credentials', 'Bearer a, Bearer b'],
  ['a quote', 'Bearer an"invalid"token'],
  ['a comma', 'Bearer a,b'],
  ['a colon', 'Bearer a:b'],
  ['padding only', 'Bearer =='],
  ['padding within', 'Bearer a=b'],
  ['Latin-1', 'Bearer caf\xE9'],
  ['a control character', 'Bearer a\x01b'],
  ['a line break', 'Bearer a\nb'],
  ['a trailing line break', 'Bearer a\n'],
  ['a percent sign', 'Bearer a%20b'],
  ['an auth-param', 'Bearer token="a"'],
];

/** Requests that carry nothing for the Bearer scheme. */
export const notBearer: [kind: string, value: string][] = [
  ['an empty header', ''],
  ['a blank header', ' \t '],
  ['Basic', 'Basic YTpi'],
  ['a longer scheme', 'Bearers abc'],
  ['a shorter scheme', 'Beare abc'],
  ['a tab after the scheme', 'Bearer\tabc'],
  ['no space after the scheme', 'Bearerabc'],
  ['a token alone', 'abc'],
  ['a colon after the scheme', 'Bearer: abc'],
  ['a comma first', ', Bearer abc'],
];
