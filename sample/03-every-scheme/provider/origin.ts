import { Injectable } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';

/** Where this sample listens. A real provider's address is a setting, and never what a request calls it. */
@Injectable()
export class Origin {
  constructor(private readonly host: HttpAdapterHost) {}

  get url(): string {
    return `http://127.0.0.1:${this.host.httpAdapter.getHttpServer().address().port}`;
  }

  /** Where Swagger UI, the only client, is given the answer. */
  get redirectUri(): string {
    return `${this.url}/docs/oauth2-redirect.html`;
  }
}
