import type { HttpAdapterHost } from '@nestjs/core';
import { describe, expect, it, vi } from 'vitest';
import { OAuth2ExceptionFilter } from '../../lib/token-endpoint/oauth2-exception.filter.js';
import { OAuth2Exception } from '../../lib/token-endpoint/oauth2.exception.js';

describe('OAuth2ExceptionFilter', () => {
  it('ends a response that has already begun, and writes nothing to it', () => {
    const httpAdapter = {
      isHeadersSent: () => true,
      end: vi.fn(),
      setHeader: vi.fn(),
      reply: vi.fn(),
    };
    const filter = new OAuth2ExceptionFilter({ httpAdapter } as unknown as HttpAdapterHost);
    const response = {};
    filter.answer(new OAuth2Exception('invalid_grant'), response);
    expect(httpAdapter.end).toHaveBeenCalledExactlyOnceWith(response);
    expect(httpAdapter.setHeader).not.toHaveBeenCalled();
    expect(httpAdapter.reply).not.toHaveBeenCalled();
  });
});
