import { execFile } from 'node:child_process';
import { access, constants, rm } from 'node:fs/promises';
import { delimiter, join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { buildTemporal, cachedBuildPath } from './temporal-build.ts';
import { downloadTemporal } from './temporal-download.ts';

const run = promisify(execFile);

/** Where the provider of Temporal reports what it is doing, one line at a time. */
export type Log = (line: string) => void;

/** The places the resolver looks in; tests point them at folders of their own. */
export interface TemporalSources {
  log: Log;
  environment?: Readonly<Record<string, string | undefined>>;
  /** The Go module that pins the Temporal CLI and server. */
  moduleFolder?: string;
  download?: (target: string, log: Log) => Promise<void>;
}

/** Server 1.32 is the first that can fast-forward a single workflow, which time travel and the tests stand on. */
const oldestServer = { major: 1, minor: 32 };

/** What a binary says about itself: fit for us, or the reason why it is not. */
type Probe = { kind: 'fit'; version: string } | { kind: 'unfit'; reason: string };

/** Asks a `temporal` binary for its version and says whether its server is new enough; never throws. */
async function probeTemporal(binary: string): Promise<Probe> {
  let version: string;
  try {
    version = (await run(binary, ['--version'], { timeout: 20_000 })).stdout.trim();
  } catch (error) {
    return {
      kind: 'unfit',
      reason: `it did not run: ${error instanceof Error ? error.message : String(error)}`,
    };
  }
  const found = /Server (\d+)\.(\d+)/.exec(version);
  if (!found) return { kind: 'unfit', reason: `it does not name its server version (“${version}”)` };
  const [major, minor] = [Number(found[1]), Number(found[2])];
  const newEnough =
    major > oldestServer.major || (major === oldestServer.major && minor >= oldestServer.minor);
  return newEnough
    ? { kind: 'fit', version }
    : {
        kind: 'unfit',
        reason: `its server ${major}.${minor} is older than ${oldestServer.major}.${oldestServer.minor}`,
      };
}

/**
 * Finds a Temporal CLI whose server can travel in time, providing one where the machine has none: `temporal` on PATH,
 * the per-user cache, the SDK's official download, or a build from the pinned Go module - else one error that says what to install.
 */
export async function findTemporal({
  log,
  environment = process.env,
  moduleFolder = resolve(import.meta.dirname, '../tools/temporal'),
  download = downloadTemporal,
}: TemporalSources): Promise<string> {
  const tried: string[] = [];

  const installed = await onPath('temporal', environment);
  if (installed) {
    const probe = await probeTemporal(installed);
    if (probe.kind === 'fit') return installed;
    tried.push(`${installed}: ${probe.reason}`);
    log(`Not using ${installed}: ${probe.reason}.`);
  } else tried.push('PATH: no `temporal` there');

  const cached = await cachedBuildPath(moduleFolder, environment);
  const cachedProbe = await probeTemporal(cached);
  if (cachedProbe.kind === 'fit') return cached;
  // A damaged binary would otherwise stand in the way of its own replacement.
  await rm(cached, { force: true });

  log('Temporal is needed once: asking its download service …');
  try {
    await download(cached, log);
    const probe = await probeTemporal(cached);
    if (probe.kind === 'fit') return cached;
    tried.push(`download: ${probe.reason}`);
  } catch (error) {
    tried.push(`download: ${error instanceof Error ? error.message : String(error)}`);
  }

  const go = await onPath('go', environment);
  if (!go) tried.push('build: no `go` on PATH');
  else {
    log(
      'No download to be had: building Temporal from tools/temporal. This happens once and takes a few minutes.',
    );
    try {
      await buildTemporal({ go, moduleFolder, target: cached, environment, log });
      const probe = await probeTemporal(cached);
      if (probe.kind === 'fit') return cached;
      tried.push(`build: ${probe.reason}`);
    } catch (error) {
      tried.push(`build: ${error instanceof Error ? error.message : String(error)}`);
    }
  }
  throw new Error(
    [
      'Holdfast needs a Temporal server and could not provide one.',
      ...tried.map((attempt) => `  - ${attempt}`),
      `Fix: install the Temporal CLI 1.9 or later (server ${oldestServer.major}.${oldestServer.minor}+) from https://docs.temporal.io/cli,`,
      'or install Go 1.26.8 or later (https://go.dev/dl) so that it can be built here,',
      'or set TEMPORAL_ADDRESS to a server that is already running.',
    ].join('\n'),
  );
}

async function onPath(
  command: string,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<string | null> {
  for (const folder of (environment['PATH'] ?? '').split(delimiter).filter(Boolean)) {
    const candidate = join(folder, command);
    const runnable = await access(candidate, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (runnable) return candidate;
  }
  return null;
}
