import { Controller, Delete, Get, Param, Post, UseGuards } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import { JwtAuthGuard } from './jwt-auth.guard';
import { Role } from './role.enum';
import { Roles } from './roles.decorator';
import { RolesGuard } from './roles.guard';

@Controller('cats')
export class CatsController {
  constructor(private readonly jwt: JwtService) {}

  @Post('login/:role')
  login(@Param('role') role: string) {
    return { access_token: this.jwt.sign({ roles: role === 'none' ? undefined : [role] }, { subject: role }) };
  }

  @Get()
  @UseGuards(JwtAuthGuard)
  all() {
    return [];
  }

  @Delete()
  @Roles(Role.Admin) // and nobody else
  @UseGuards(JwtAuthGuard, RolesGuard)
  clear() {
    return 'cleared';
  }

  @Post()
  @Roles(Role.User, Role.Admin)
  @UseGuards(JwtAuthGuard, RolesGuard)
  add() {
    return 'added';
  }
}
