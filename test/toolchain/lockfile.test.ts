import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../..');

it('a fresh clone installs on every platform, because the lockfile names every build that a package may want', () => {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-lock-'));
  try {
    copyFileSync(join(root, 'package-lock.json'), join(folder, 'package-lock.json'));
    const { stdout } = spawnSync(
      process.execPath,
      [join(root, 'tools/complete-lockfile.mjs'), join(folder, 'package-lock.json')],
      { encoding: 'utf8' },
    );
    expect(stdout).toBe('0 entries added\n');
  } finally {
    rmSync(folder, { recursive: true });
  }
});
