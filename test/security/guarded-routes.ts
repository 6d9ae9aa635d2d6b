import { Controller, Get, Post, type Type } from '@nestjs/common';
import { CurrentUser, type Requirement, Security } from 'nestjs-security';
import { vi } from 'vitest';
import { type Answer, answerTo } from '../support/answer.js';
import type { RawRequest } from '../support/raw-request.js';

/** Called by every handler of these routes. */
export const handled = vi.fn<(user: unknown) => void>();

/** A controller with one GET and one POST route per requirement, named after it, answering `{ user }`. */
export function routesFor(requirements: Readonly<Record<string, Requirement>>, prefix = ''): Type {
  class Routes {}
  for (const [path, requirement] of Object.entries(requirements)) {
    for (const [name, route] of [
      [`get_${path}`, Get(path)],
      [`post_${path}`, Post(path)],
    ] as const) {
      const value = (user: unknown) => {
        handled(user);
        return { user };
      };
      Object.defineProperty(Routes.prototype, name, { value, configurable: true, writable: true });
      const descriptor = Object.getOwnPropertyDescriptor(Routes.prototype, name)!;
      route(Routes.prototype, name, descriptor);
      Security(requirement)(Routes.prototype, name, descriptor);
      CurrentUser()(Routes.prototype, name, 0);
    }
  }
  Controller(prefix)(Routes);
  return Routes;
}

/** The request with its path put behind that of a route. */
export function at(path: string, request: RawRequest): RawRequest {
  return { ...request, path: `${path}${request.path ?? ''}` };
}

/** The answer, and whether the handler ran for it. */
export async function outcomeOf(
  url: string,
  request: RawRequest,
): Promise<Answer & { ran: boolean }> {
  handled.mockClear();
  const answer = await answerTo(url, request);
  return { ...answer, ran: handled.mock.calls.length > 0 };
}
