import { Controller, Get, UseGuards } from '@nestjs/common';
import { JwtAuthGuard } from './jwt-auth.guard';
import { Role } from './role.enum';
import { Roles } from './roles.decorator';
import { RolesGuard } from './roles.guard';

@Controller('dogs')
@UseGuards(JwtAuthGuard, RolesGuard)
@Roles(Role.Admin)
export class DogsController {
  @Get()
  all() {
    return [];
  }
}
