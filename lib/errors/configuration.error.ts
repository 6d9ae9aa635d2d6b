/**
 * The application is declared wrongly and must not start.
 *
 * Its message names the controller, handler, scheme or option at fault and what to change. It never
 * stands for something a client sent.
 *
 * @publicApi
 */
export class ConfigurationError extends Error {
  readonly code = 'configuration_error';
  override readonly name = 'ConfigurationError';
}
