import { Injectable } from '@nestjs/common';

/** Everybody's notes, until the process ends. */
@Injectable()
export class Notes {
  private readonly byUser = new Map<string, string[]>();

  of(user: string): readonly string[] {
    return this.byUser.get(user) ?? [];
  }

  add(user: string, text: string): void {
    this.byUser.set(user, [...this.of(user), text]);
  }
}
