import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Browser } from 'playwright-core';
import { chromium } from 'playwright-core';

// test/browser/: a real Chromium before the whole house: what a customer sees, presses and pays.

/** The names under which systems install it. */
const names = ['chromium', 'chromium-browser', 'google-chrome'];

/** Where Chromium is, as CHROMIUM_PATH or PATH say. */
export function findChromium(): string | undefined {
  const given = process.env['CHROMIUM_PATH'];
  const folders = (process.env['PATH'] ?? '').split(delimiter);
  const places = given === undefined ? folders.flatMap((folder) => names.map((name) => join(folder, name))) : [given];
  return places.find(isExecutable);
} // prettier-ignore

/** A test that cannot run must not look like one that passed. */
function chromiumPath(): string {
  const found = findChromium();
  if (found === undefined) {
    throw new Error('Tests of pages need Chromium: install it (apt-get install chromium) or set CHROMIUM_PATH to it.');
  }
  return found;
} // prettier-ignore

function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/** Starts a browser without a window. Its own sandbox needs rights that containers do not give. */
export const startChromium = (): Promise<Browser> =>
  chromium.launch({
    executablePath: chromiumPath(),
    args: ['--no-sandbox', '--disable-dev-shm-usage'],
  });
