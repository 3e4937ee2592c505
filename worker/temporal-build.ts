import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { isAlive } from './process-alive.ts';
import type { Log } from './temporal-binary.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** What `go build` is told; the version is linked in because a module build has no release tag to read. */
const buildArguments = [
  'build',
  '-v',
  '-trimpath',
  '-ldflags',
  '-s -w -X github.com/temporalio/cli/internal/temporalcli.Version=1.8.2',
];
const cliPackage = 'github.com/temporalio/cli/cmd/temporal';

/** Often enough to look alive, seldom enough not to flood a log. */
const progressEveryMs = 5_000;

/** The per-user place of the binary for exactly this go.mod and go.sum: another pin is another place. */
export async function cachedBuildPath(moduleFolder: string, environment: Environment): Promise<string> {
  const pin = createHash('sha256');
  for (const file of ['go.mod', 'go.sum']) pin.update(await readFile(join(moduleFolder, file)));
  const cache = environment['XDG_CACHE_HOME'] || join(environment['HOME'] ?? homedir(), '.cache');
  return join(cache, 'holdfast', `temporal-${pin.digest('hex').slice(0, 16)}`, 'temporal');
}

interface Build {
  go: string;
  moduleFolder: string;
  target: string;
  environment: Environment;
  log: Log;
}

/** Builds the pinned Temporal CLI into the target once, however many starters ask at the same time. */
export async function buildTemporal(build: Build): Promise<void> {
  await mkdir(dirname(build.target), { recursive: true });
  const release = await takeLock(`${build.target}.building`, build.log);
  try {
    if (await exists(build.target)) return;
    const unfinished = `${build.target}.${process.pid}`;
    try {
      await compile({ ...build, target: unfinished });
      await rename(unfinished, build.target);
    } finally {
      await rm(unfinished, { force: true });
    }
  } finally {
    await release();
  }
}

async function compile({ go, moduleFolder, target, environment, log }: Build): Promise<void> {
  const startedMs = Date.now();
  const compiler = spawn(go, [...buildArguments, '-o', target, cliPackage], {
    cwd: moduleFolder,
    env: environment,
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  const lastLines: string[] = [];
  let downloads = 0;
  let packages = 0;
  createInterface({ input: compiler.stderr }).on('line', (line) => {
    lastLines.splice(0, lastLines.length - 7);
    lastLines.push(line);
    if (line.startsWith('go: downloading')) downloads += 1;
    else packages += 1;
  });
  const progress = setInterval(() => {
    const seconds = Math.round((Date.now() - startedMs) / 1000);
    log(`  building Temporal: ${downloads} modules fetched, ${packages} packages compiled, ${seconds} s`);
  }, progressEveryMs);
  try {
    await new Promise<void>((done, failed) => {
      compiler.on('error', failed);
      compiler.on('close', (code) => {
        if (code === 0) done();
        else failed(new Error(`go build ended with code ${code}\n${lastLines.join('\n')}`));
      });
    });
  } finally {
    clearInterval(progress);
  }
  log(`  Temporal built in ${Math.round((Date.now() - startedMs) / 1000)} s`);
}

/** Holds a lock file naming its owner; one whose owner is gone is taken over. */
async function takeLock(file: string, log: Log): Promise<() => Promise<void>> {
  for (let announced = false; ; announced = true) {
    try {
      const lock = await open(file, 'wx');
      await lock.writeFile(String(process.pid));
      await lock.close();
      return () => rm(file, { force: true });
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EEXIST')) throw error;
    }
    const owner = Number(await readFile(file, 'utf8').catch(() => ''));
    if (owner > 0 ? !isAlive(owner) : await isOld(file)) await rm(file, { force: true });
    else {
      if (!announced) log(`  another process (${owner}) is already building Temporal: waiting for it`);
      await pause(500);
    }
  }
}

/** A lock without a name in it belongs to a process that died between making and signing it. */
async function isOld(file: string): Promise<boolean> {
  const made = await stat(file).catch(() => null);
  return made !== null && Date.now() - made.mtimeMs > 5_000;
}

function exists(file: string): Promise<boolean> {
  return stat(file).then(
    () => true,
    () => false,
  );
}
