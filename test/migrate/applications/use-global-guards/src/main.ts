import { NestFactory, Reflector } from '@nestjs/core';
import { AppModule } from '@/app.module';
import { JwtAuthGuard } from '@/auth';
import { RolesGuard } from '@/roles';

export async function createApp() {
  const app = await NestFactory.create(AppModule, { logger: false });
  const reflector = app.get(Reflector);
  app.useGlobalGuards(new JwtAuthGuard(reflector));
  app.useGlobalGuards(new RolesGuard(reflector));
  return app;
}
