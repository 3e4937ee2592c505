import { chmod, copyFile, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { findTemporal } from '../../worker/temporal-binary.ts';
import { cachedBuildPath } from '../../worker/temporal-build.ts';

const moduleFolder = resolve(import.meta.dirname, '../../tools/temporal');

let folder: string;
let log: string[];
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'holdfast-resolver-'));
  log = [];
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function script(path: string, body: string): Promise<string> {
  await mkdir(dirname(path), { recursive: true });
  await writeFile(path, `#!/bin/sh\n${body}\n`);
  await chmod(path, 0o755);
  return path;
}

const answering = (server: string) => `echo "temporal version 9.9.9 (Server ${server}, UI 2.50.1)"`;

const environment = () => ({
  PATH: join(folder, 'bin'),
  XDG_CACHE_HOME: join(folder, 'cache'),
  HOME: folder,
});

const offline = () => Promise.reject(new Error('the download service cannot be reached'));

const find = (download: (target: string) => Promise<void> = offline) =>
  findTemporal({ log: (line) => log.push(line), environment: environment(), moduleFolder, download });

/** A `go` that writes the binary asked for instead of compiling it, and counts how often it was asked. */
const fakeGo = () =>
  script(
    join(folder, 'bin/go'),
    `echo run >> "${folder}/go-runs"
     while [ "$1" != "-o" ]; do shift; done
     /bin/sleep 0.5
     printf '#!/bin/sh\\n%s\\n' '${answering('1.32.1')}' > "$2"
     /bin/chmod +x "$2"`,
  );

describe('the resolver of the Temporal binary', () => {
  it('uses the temporal on PATH when its server can travel in time', async () => {
    const installed = await script(join(folder, 'bin/temporal'), answering('1.32.0'));
    expect(await find()).toBe(installed);
  });

  it.each(['1.31.9', '0.99.0'])(
    'does not use a temporal whose server is %s, and says why',
    async (server) => {
      await script(join(folder, 'bin/temporal'), answering(server));
      await expect(find()).rejects.toThrow(/is older than 1\.32/);
      expect(log.join('\n')).toMatch(/Not using .*older than 1\.32/);
    },
  );

  it('prefers the cached build to the network', async () => {
    const cached = await script(await cachedBuildPath(moduleFolder, environment()), answering('1.32.1'));
    expect(await find(() => Promise.reject(new Error('must not be asked')))).toBe(cached);
    expect(log).toEqual([]);
  });

  it('keeps a download in the cache, so that the second start needs no network', async () => {
    const first = await find(async (target) => {
      await script(target, answering('1.33.0'));
    });
    expect(await find()).toBe(first);
  });

  it('builds the pinned module where nothing can be downloaded, once for two starters at the same time', async () => {
    await fakeGo();
    const [one, other] = await Promise.all([find(), find()]);
    expect(one).toBe(other);
    expect(await readFile(join(folder, 'go-runs'), 'utf8')).toBe('run\n');
  });

  it('takes over the lock of a builder that was killed', async () => {
    await fakeGo();
    const cached = await cachedBuildPath(moduleFolder, environment());
    await mkdir(dirname(cached), { recursive: true });
    // Above the largest process id Linux gives out.
    await writeFile(`${cached}.building`, '4194305');
    expect(await find()).toBe(cached);
  });

  it('replaces a damaged binary in the cache', async () => {
    await fakeGo();
    const cached = await script(await cachedBuildPath(moduleFolder, environment()), 'exit 1');
    expect(await find()).toBe(cached);
    expect(await readFile(cached, 'utf8')).toContain('1.32.1');
  });

  it('names what to install when nothing can be had', async () => {
    const failure = await find().catch((error: unknown) => String(error));
    expect(failure).toMatch(/no `temporal` there/);
    expect(failure).toMatch(/the download service cannot be reached/);
    expect(failure).toMatch(/no `go` on PATH/);
    expect(failure).toMatch(/install the Temporal CLI 1\.9 or later/);
    expect(failure).toMatch(/install Go 1\.26\.8/);
    expect(failure).toMatch(/TEMPORAL_ADDRESS/);
  });

  it('shows what the compiler said when the build fails', async () => {
    await script(join(folder, 'bin/go'), 'echo "no space left on device" >&2; exit 1');
    await expect(find()).rejects.toThrow(/no space left on device/);
  });

  it('gives another pin another place in the cache', async () => {
    const other = join(folder, 'module');
    await mkdir(other);
    await copyFile(join(moduleFolder, 'go.sum'), join(other, 'go.sum'));
    await writeFile(join(other, 'go.mod'), 'module another\n');
    expect(await cachedBuildPath(other, environment())).not.toBe(
      await cachedBuildPath(moduleFolder, environment()),
    );
  });
});
