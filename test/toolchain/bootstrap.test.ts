import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

const bootstrap = resolve(import.meta.dirname, '../../bootstrap.mjs');
/** What npm's lockfile says of a fresh clone: one package, and two that npm itself leaves out on this platform. */
const locked = {
  '': { name: 'clone' },
  'node_modules/tsx': { version: '1.0.0', integrity: 'sha512-one' },
  'node_modules/tsx-win32': { version: '1.0.0', optional: true, os: ['win32'] },
  'node_modules/tsx-aix': { version: '1.0.0', extraneous: true, os: ['aix'] },
};

let clone: string;
beforeEach(() => {
  clone = mkdtempSync(join(tmpdir(), 'holdfast-clone-'));
  copyFileSync(bootstrap, join(clone, 'bootstrap.mjs'));
  write('package-lock.json', JSON.stringify({ packages: locked }));
  write('cli/main.ts', "console.log('ran', ...process.argv.slice(2)); process.exitCode = 3;");
  // An npm that notes that it was called and leaves behind what `npm ci` leaves behind.
  const tsx = JSON.stringify({ name: 'tsx', exports: { './esm/api': './api.mjs' } });
  write(
    'bin/npm',
    `#!/bin/sh
echo "$@" >> npm-runs
/bin/mkdir -p node_modules/tsx
echo '${tsx}' > node_modules/tsx/package.json
echo "import { registerHooks } from './hooks.mjs'; export const register = registerHooks;" > node_modules/tsx/api.mjs
/bin/cp hooks.mjs node_modules/tsx/hooks.mjs
echo '${JSON.stringify({ packages: { 'node_modules/tsx': locked['node_modules/tsx'] } })}' > node_modules/.package-lock.json
`,
  );
  chmodSync(join(clone, 'bin/npm'), 0o755);
  // Stands for tsx: the entries here are plain JavaScript with a .ts name.
  write(
    'hooks.mjs',
    `import { register } from 'node:module';
     const hooks = \`export async function load(url, context, next) {
       return url.endsWith('.ts') ? next(url, { ...context, format: 'module' }) : next(url, context); }\`;
     export const registerHooks = () => register('data:text/javascript,' + encodeURIComponent(hooks));`,
  );
});
afterEach(() => rmSync(clone, { recursive: true, force: true }));

function write(path: string, content: string): void {
  mkdirSync(dirname(join(clone, path)), { recursive: true });
  writeFileSync(join(clone, path), content);
}

const environment = () => ({ PATH: `${join(clone, 'bin')}:/bin:/usr/bin` });
const run = (...words: string[]) =>
  spawnSync(process.execPath, ['bootstrap.mjs', ...words], {
    cwd: clone,
    env: environment(),
    encoding: 'utf8',
  });
const installs = () =>
  existsSync(join(clone, 'npm-runs'))
    ? readFileSync(join(clone, 'npm-runs'), 'utf8').trim().split('\n').length
    : 0;
const touchLock = () => {
  const later = new Date(Date.now() + 60_000);
  utimesSync(join(clone, 'package-lock.json'), later, later);
};

describe('the first command on a fresh clone', () => {
  it('installs what the lockfile says, then runs the command with its arguments and exit code', () => {
    const { stdout, stderr, status } = run('holdfast', 'travel', '72h');
    expect(stderr).toContain('npm ci');
    expect(stdout).toBe('ran travel 72h\n');
    expect(status).toBe(3);
    expect(readFileSync(join(clone, 'npm-runs'), 'utf8')).toMatch(/^ci /);
  });

  it('installs nothing when the packages are those of the lockfile', () => {
    run('holdfast');
    run('holdfast');
    expect(installs()).toBe(1);
  });

  it('installs nothing when a checkout only touched the lockfile', () => {
    run('holdfast');
    touchLock();
    run('holdfast');
    expect(installs()).toBe(1);
  });

  it('installs again when a pull changed a version in the lockfile', () => {
    run('holdfast');
    const changed = { ...locked, 'node_modules/tsx': { version: '2.0.0', integrity: 'sha512-two' } };
    write('package-lock.json', JSON.stringify({ packages: changed }));
    touchLock();
    run('holdfast');
    expect(installs()).toBe(2);
  });

  it('stops with the reason when the installation fails, instead of running half a program', () => {
    write('bin/npm', '#!/bin/sh\nexit 1\n');
    const { stdout, stderr, status } = run('holdfast');
    expect(status).toBe(1);
    expect(stdout).toBe('');
    expect(stderr).toContain('npm ci failed');
  });

  it('answers an unknown command with the list of commands', () => {
    const { stderr, status } = run('constructor');
    expect(status).toBe(2);
    expect(stderr).toContain('start|demo|holdfast');
  });

  it('hands Ctrl-C to the program once and leaves with the code the program chose', async () => {
    write(
      'cli/main.ts',
      `let times = 0;
       process.on('SIGINT', () => { times += 1; setTimeout(() => process.exit(40 + times), 300); });
       setInterval(() => {}, 1000); console.log('ready');`,
    );
    run('install');
    const child = spawn(process.execPath, ['bootstrap.mjs', 'holdfast'], {
      cwd: clone,
      env: environment(),
      detached: true,
    });
    await once(child.stdout, 'data');
    if (child.pid === undefined) throw new Error('not started');
    process.kill(-child.pid, 'SIGINT');
    const [code] = (await once(child, 'exit')) as [number];
    expect(code).toBe(41);
  });
});
