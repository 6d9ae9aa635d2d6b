import { anonymous } from '../requirements/requirement.js';
import { Security } from './security.decorator.js';

/**
 * Opens a controller or a handler to everyone: the same as `@Security(anonymous)`.
 *
 * It also drops scopes that are declared farther out.
 *
 * @publicApi
 */
export function Public(): ClassDecorator & MethodDecorator {
  return Security(anonymous);
}
