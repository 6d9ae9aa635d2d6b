import {
  Controller,
  Get,
  Injectable,
  NotFoundException,
  Param,
  Patch,
} from '@nestjs/common';
import { anyOf, Authorize, Rule, type RuleCall, Security } from 'nestjs-security';
import { hasRole } from './roles.js';
import { type User, UserToken } from './user-token.js';

@Injectable()
export class Notes {
  private readonly owners = new Map([
    ['1', 'bob'],
    ['2', 'cyd'],
  ]);
  async ownerOf(id: string) {
    return this.owners.get(id);
  }
}

@Injectable()
export class OwnsNote extends Rule<User> {
  constructor(private readonly notes: Notes) {
    super('The note is yours.');
  }
  async allows({ user, params }: RuleCall<User>) {
    return (await this.notes.ownerOf(params['id']!)) === user.id;
  }
}

/** The same, for those who may not even know that there is such a note. */
@Injectable()
export class SeesNote extends Rule<User> {
  constructor(private readonly owns: OwnsNote) {
    super('The note is yours; the others are not found.');
  }
  async allows(call: RuleCall<User>) {
    if (await this.owns.allows(call)) return true;
    throw new NotFoundException();
  }
}

@Controller('notes/:id')
@Security(UserToken)
export class NotesController {
  @Get()
  @Authorize(anyOf(hasRole('admin'), SeesNote))
  read(@Param('id') id: string) {
    return { id };
  }

  @Patch()
  @Authorize(OwnsNote)
  edit(@Param('id') id: string) {
    return { id };
  }
}
