import type { SpawnSyncOptions } from 'node:child_process';
import { spawnSync } from 'node:child_process';
import { findChromium } from '../browser/chromium.ts';

/**
 * Provides the browser that the tests of pages need, where that is possible without asking: as root on a Debian
 * machine, as in CI. Elsewhere those tests say what to install.
 */
export function setup(): void {
  const mayInstall = process.getuid?.() === 0 && spawnSync('apt-get', ['--version']).status === 0;
  if (findChromium() !== undefined || !mayInstall) return;
  console.error('Installing Chromium for the tests of pages (apt-get install chromium) …');
  const quiet: SpawnSyncOptions = { stdio: ['ignore', 'ignore', 'inherit'], env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } };
  spawnSync('apt-get', ['update', '-qq'], quiet);
  spawnSync('apt-get', ['install', '-y', '-qq', '--no-install-recommends', 'chromium'], quiet);
} // prettier-ignore
