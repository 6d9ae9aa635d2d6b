import { BadRequestException, Body, Controller, Get, Header, HttpCode, Post } from '@nestjs/common';
import { ApiExcludeEndpoint, ApiOkResponse, ApiOperation, ApiTags } from '@nestjs/swagger';
import { Public } from 'nestjs-security';
import { isDemo } from '../demo-user.js';
import { DEVICE_SECONDS, Devices } from './devices.js';
import { Origin } from './origin.js';
import { DEVICE_PAGE } from './pages.js';

/** RFC 8628: the device shows a code, and its user types it elsewhere. */
@Controller()
@Public()
@ApiTags('Provider')
export class DeviceController {
  constructor(
    private readonly devices: Devices,
    private readonly origin: Origin,
  ) {}

  @Post('device_authorization')
  @HttpCode(200)
  @ApiOperation({
    summary: 'What a device asks first: 200 with a user_code',
    description:
      'Open `/device` in another tab, and enter the `user_code`, `demo` and `demo-secret`.',
  })
  @ApiOkResponse({ example: { user_code: 'BCDFGHJK', verification_uri: '/device', interval: 5 } })
  authorize() {
    const verification_uri = `${this.origin.url}/device`;
    return { ...this.devices.start(), verification_uri, expires_in: DEVICE_SECONDS, interval: 5 };
  }

  @Get('device')
  @Header('Content-Type', 'text/html')
  @ApiExcludeEndpoint()
  page(): string {
    return DEVICE_PAGE;
  }

  @Post('device')
  @HttpCode(200)
  @ApiExcludeEndpoint()
  allow(@Body() { username, password, user_code }: Record<string, unknown> = {}): string {
    const allowed = isDemo(username, password) && this.devices.allow(String(user_code));
    if (!allowed)
      throw new BadRequestException('Wrong name, password or code: go back and try again');
    return 'The device may go on.';
  }
}
