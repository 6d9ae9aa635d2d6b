import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';

/** Where Debian's package puts it. */
const EXECUTABLE = '/usr/bin/chromium';

/** Why browser tests are skipped, if they are; `REQUIRE_BROWSER=1` lets them fail instead. */
export const skipReason =
  existsSync(EXECUTABLE) || process.env.REQUIRE_BROWSER === '1'
    ? undefined
    : `skipped: there is no ${EXECUTABLE}`;

/** A browser with an empty profile, which calls home to nobody. */
export function launchChromium(): Promise<Browser> {
  return chromium.launch({
    executablePath: EXECUTABLE,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}
