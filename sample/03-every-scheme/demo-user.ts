import { ApiProperty } from '@nestjs/swagger';
import { type Authentication, constantTimeEqual } from 'nestjs-security';

/** The only user of this sample. */
export class DemoUser {
  @ApiProperty({ example: 'demo' })
  name!: string;
}

/** Every key, password and token of this sample. */
export const DEMO_SECRET = 'demo-secret';

/** Compares without telling by its time how much of a guess is right. */
export function checkSecret(secret: string): Authentication<DemoUser> | null {
  return constantTimeEqual(secret, DEMO_SECRET) ? { user: { name: 'demo' } } : null;
}

export function isDemo(name: unknown, secret: unknown): boolean {
  return name === 'demo' && typeof secret === 'string' && checkSecret(secret) !== null;
}
