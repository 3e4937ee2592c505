import { chmod, mkdir, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { Log } from './temporal-binary.ts';

/** The first CLI release whose embedded server is 1.32; fixed, so that every machine downloads the same build. */
const cliVersion = 'v1.9.1';

/** A silent network must not hold a start for ever; fifty megabytes pass in this time on a slow line. */
const downloadTimeoutMs = 180_000;

/** Lets Temporal's SDK download the official CLI and moves it to the target; rejects where the service cannot be reached. */
export async function downloadTemporal(target: string, log: Log): Promise<void> {
  // A development dependency, needed on the machines of developers only.
  const { TestWorkflowEnvironment } = await import('@temporalio/testing');
  const downloadDir = join(dirname(target), `download-${process.pid}`);
  await mkdir(downloadDir, { recursive: true });
  try {
    const starting = TestWorkflowEnvironment.createLocal({
      server: { executable: { type: 'cached-download', downloadDir, version: cliVersion } },
    });
    const environment = await before(starting, downloadTimeoutMs);
    await environment.teardown();
    const binary = (await readdir(downloadDir)).find((name) => name.startsWith('temporal'));
    if (!binary) throw new Error('the download left no binary behind');
    await chmod(join(downloadDir, binary), 0o755);
    await rename(join(downloadDir, binary), target);
    log(`Temporal CLI ${cliVersion} downloaded to ${target}`);
  } finally {
    await rm(downloadDir, { recursive: true, force: true });
  }
}

async function before<Value>(promise: Promise<Value>, timeoutMs: number): Promise<Value> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer within ${timeoutMs / 1000} s`)), timeoutMs);
  });
  try {
    return await Promise.race([promise, late]);
  } finally {
    clearTimeout(timer);
  }
}
