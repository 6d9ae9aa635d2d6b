/** The NumericDate claims, in seconds since 1970. */
const DATES = ['exp', 'nbf', 'iat'] as const;

/** The farthest date JavaScript has, in seconds; JSON's 1e400 is Infinity and never expires. */
const FARTHEST = 8.64e12;

/** Seconds by which two clocks may differ, unless told otherwise. */
export const DEFAULT_CLOCK_TOLERANCE = 5;

type DateClaims = Readonly<Record<string, unknown>>;

/** Whether each date that is there is a number, and a date. */
export function hasWellFormedDates(claims: DateClaims): boolean {
  return DATES.every((name) => {
    const date = claims[name];
    return date === undefined || (typeof date === 'number' && Math.abs(date) <= FARTHEST);
  });
}

/**
 * Why claims with well-formed dates are of no use just now, if so.
 *
 * @see [RFC 7519, section 4.1.4](https://www.rfc-editor.org/rfc/rfc7519#section-4.1.4)
 */
export function untimely(
  claims: DateClaims,
  clockTolerance: number,
  maxTokenAge = Infinity,
): string | undefined {
  const { exp, nbf, iat } = claims as { exp?: number; nbf?: number; iat?: number };
  const now = Math.floor(Date.now() / 1000);
  if (exp !== undefined && exp <= now - clockTolerance) return 'The token expired';
  if (nbf !== undefined && nbf > now + clockTolerance) return 'The token is not valid yet';
  if (iat !== undefined && iat > now + clockTolerance) return 'The token is from the future';
  if (iat !== undefined && iat < now - clockTolerance - maxTokenAge) return 'The token is too old';
  return undefined;
}
