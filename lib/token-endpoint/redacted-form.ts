import { inspect, type InspectOptions } from 'node:util';

const REDACTED = '[redacted]';
const SECRETS = new Set(['password', 'code', 'codeVerifier', 'refreshToken', 'clientSecret']);

/** A form whose secrets `JSON.stringify` and `util.inspect` do not show. */
export abstract class RedactedForm {
  /** The form without its secrets. */
  toJSON(): object {
    const fields = Object.entries(this).map(([name, value]: [string, unknown]) => [
      name,
      SECRETS.has(name) && value !== null ? REDACTED : value,
    ]);
    return Object.fromEntries(fields);
  }

  [inspect.custom](_depth: number, options: InspectOptions): string {
    return `${this.constructor.name} ${inspect(this.toJSON(), options)}`;
  }
}
