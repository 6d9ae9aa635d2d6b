import { verify } from '@node-rs/argon2';
import { afterEach, describe, expect, it, vi } from 'vitest';
import * as simple from '../../sample/01-simple-oauth2/users/users.js';
import * as scopes from '../../sample/02-oauth2-scopes/users/users.js';

vi.mock('@node-rs/argon2', { spy: true });

describe.each([
  ['01-simple-oauth2', simple.Users],
  ['02-oauth2-scopes', scopes.Users],
])('Users of %s', (_, Users) => {
  afterEach(() => {
    vi.clearAllMocks();
  });

  it.each([
    ['johndoe', 'secret', 'johndoe'],
    ['alice', 'secret2', 'alice'],
    ['johndoe', 'wrong', undefined],
    ['unknown', 'secret', undefined],
  ])('verifies one password for %s with "%s"', async (username, password, expected) => {
    expect((await new Users().check(username, password))?.username).toBe(expected);
    expect(verify).toHaveBeenCalledOnce();
  });
});
