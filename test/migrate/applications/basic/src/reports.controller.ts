import { Controller, Get, Req, UseGuards as Guarded } from '@nestjs/common';
import { AuthGuard } from '@nestjs/passport';
import { ApiBasicAuth, ApiOkResponse } from '@nestjs/swagger';

@Controller('reports')
@ApiBasicAuth()
@Guarded(AuthGuard())
export class ReportsController {
  @Get()
  @ApiOkResponse({ description: 'All reports.' })
  all(@Req() request: { user: { username: string } }) {
    return request.user;
  }
}
