const CHALLENGE = /^([!#$%&'*+.^_`|~\w-]+)(?: +(.+))?$/;
const PARAM = /([!#$%&'*+.^_`|~\w-]+)=(?:"((?:[^"\\]|\\.)*)"|([!#$%&'*+.^_`|~\w-]+))(?:, |$)/gy;

/** Reads one well-formed challenge without the library, as a client would. */
export function readChallenge(challenge: string): { scheme: string; params: Map<string, string> } {
  const [, scheme, written = ''] = CHALLENGE.exec(challenge) ?? [];
  if (scheme === undefined) throw new Error(`No challenge: ${challenge}`);
  const params = [...written.matchAll(PARAM)];
  if (params.map(([param]) => param).join('') !== written) {
    throw new Error(`Not written as a list of parameters: ${written}`);
  }
  return {
    scheme,
    params: new Map(
      params.map(([, name = '', quoted, bare = '']) => [
        name,
        quoted?.replaceAll(/\\(.)/g, '$1') ?? bare,
      ]),
    ),
  };
}
