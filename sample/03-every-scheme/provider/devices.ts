import { randomBytes, randomInt } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { LRUCache } from 'lru-cache';

export const DEVICE_SECONDS = 600;
/** Without vowels, so that no code is a word (RFC 8628, section 6.1). */
const LETTERS = 'BCDFGHJKLMNPQRSTVWXZ';

interface Device {
  userCode: string;
  allowed: boolean;
}

/** Devices that wait for their user to log in elsewhere. */
@Injectable()
export class Devices {
  private readonly devices = new LRUCache<string, Device>({
    max: 1000,
    ttl: DEVICE_SECONDS * 1000,
  });

  start(): { device_code: string; user_code: string } {
    const deviceCode = randomBytes(32).toString('base64url');
    const userCode = Array.from({ length: 8 }, () => LETTERS[randomInt(LETTERS.length)]).join('');
    this.devices.set(deviceCode, { userCode, allowed: false });
    return { device_code: deviceCode, user_code: userCode };
  }

  /** The user typed this code. */
  allow(userCode: string): boolean {
    const device = [...this.devices.values()].find((each) => each.userCode === userCode);
    if (device) device.allowed = true;
    return device !== undefined;
  }

  /** `undefined`: there is no such device, or its time is over. */
  isAllowed(deviceCode: string): boolean | undefined {
    return this.devices.get(deviceCode)?.allowed;
  }
}
