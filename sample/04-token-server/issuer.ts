/**
 * The address this server goes by, in tokens and in its metadata: the environment variable `ISSUER`,
 * such as `https://login.example`, where it is not reached on loopback.
 */
export function issuer(): string {
  const { ISSUER, PORT = '3000' } = process.env;
  const url = ISSUER ?? `http://127.0.0.1:${PORT}`;
  if (new URL(url).origin !== url) throw new Error('ISSUER must be an origin, without a path');
  return url;
}
