import { createHmac } from 'node:crypto';
import { Body, Controller, Inject, Injectable, Post } from '@nestjs/common';
import {
  APIKeyHeader,
  constantTimeEqual,
  Security,
  type ValidationContext,
} from 'nestjs-security';

/** What only the sender and this application know. */
export const WEBHOOK_SECRET = Symbol('WEBHOOK_SECRET');

/** The signature of GitHub and others: an HMAC of the body, as it was sent. */
@Injectable()
export class WebhookSignature extends APIKeyHeader<'github'> {
  constructor(@Inject(WEBHOOK_SECRET) private readonly secret: string) {
    super({
      name: 'X-Hub-Signature-256',
      description: 'sha256= and the HMAC of the body.',
    });
  }

  override validate(signature: string, { request }: ValidationContext) {
    const { rawBody } = request as { rawBody?: Buffer };
    // Without either, nobody is let in: the answer is 500.
    if (!rawBody) throw new Error('Create the application with { rawBody: true }');
    if (!this.secret) throw new Error('The secret of webhooks is not set');
    const hmac = createHmac('sha256', this.secret).update(rawBody);
    return constantTimeEqual(signature, `sha256=${hmac.digest('hex')}`)
      ? { user: 'github' as const }
      : null;
  }
}

@Controller('webhooks')
@Security(WebhookSignature)
export class WebhooksController {
  @Post('pushes')
  pushed(@Body() { ref }: { ref: string }) {
    return { ref };
  }
}
