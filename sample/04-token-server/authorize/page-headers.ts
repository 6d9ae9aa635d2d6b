import { applyDecorators, Header } from '@nestjs/common';
import { PAGE_HEADERS } from './pages.js';

export function PageHeaders(): MethodDecorator {
  return applyDecorators(
    ...Object.entries(PAGE_HEADERS).map(([name, value]) => Header(name, value)),
  );
}
