import { Controller, Delete, Get, Param, Post } from '@nestjs/common';
import { JwtService } from '@nestjs/jwt';
import { ApiBearerAuth, ApiTags } from '@nestjs/swagger';
import { Public } from './public.decorator';
import { Role } from './role.enum';
import { Roles } from './roles.decorator';

@ApiTags('cats')
@ApiBearerAuth('access-token')
@Controller('cats')
export class CatsController {
  constructor(private readonly jwt: JwtService) {}

  @Public()
  @Post('login/:role')
  login(@Param('role') role: string) {
    return { access_token: this.jwt.sign({ roles: role === 'none' ? undefined : [role] }, { subject: role }) };
  }

  @Get()
  all() {
    return [];
  }

  @Delete()
  @Roles(Role.Admin)
  clear() {
    return 'cleared';
  }
}
