import { describe, expect, it } from 'vitest';
import { isFormMediaType } from '../../lib/protocol/media-type.js';
import { MEBIBYTE } from './hostile-text.js';

describe('isFormMediaType', () => {
  it.each([
    'application/x-www-form-urlencoded',
    'Application/X-WWW-Form-URLencoded',
    'application/x-www-form-urlencoded;charset=UTF-8',
    ' \tapplication/x-www-form-urlencoded \t; charset="utf-8"; a',
    'application/x-www-form-urlencoded;',
  ])('accepts %j', (contentType) => {
    expect(isFormMediaType(contentType)).toBe(true);
  });

  it.each([
    undefined,
    '',
    ';',
    'application/json',
    'multipart/form-data; boundary=application/x-www-form-urlencoded',
    'application/x-www-form-urlencoded-v2',
    'application/x-www-form-urlencode',
    'xapplication/x-www-form-urlencoded',
    'application/x-www-form-urlencoded, application/json',
    'application/x-www-form-urlencoded charset=UTF-8',
    'application / x-www-form-urlencoded',
    'application/x-www-form-urlencoded\0',
    'application/x-www-form-urlencoded\r\n',
    '\u00a0application/x-www-form-urlencoded',
  ])('refuses %j', (contentType) => {
    expect(isFormMediaType(contentType)).toBe(false);
  });

  it('refuses a mebibyte of whitespace', () => {
    expect(isFormMediaType(' '.repeat(MEBIBYTE))).toBe(false);
  });
});
