// What every test run shares: one real Temporal server and one bundle of the workflows.
// Nothing here may make a test pass without them: where no server can be had, the run fails.
import { existsSync, statfsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { TestProject } from 'vitest/node';
import { bundleWorkflows } from '../../worker/bundle.ts';
import { provideTemporal } from '../../worker/temporal.ts';
import { searchAttributes } from '../../workflows/contract.ts';
import { assertTimeSkipping } from './time-skipping.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** host:port of a Temporal server that can fast-forward single workflows. */
    temporalAddress: string;
    /** The bundled workflows, for `workflowBundle: { codePath }`. */
    workflowBundlePath: string;
  }
}

/** A disk in memory: what is flushed there survives every death of a process that the tests know, and costs no time. */
const memory = '/dev/shm';
const roomBytes = 1024 ** 3;

function hasRoom(folder: string): boolean {
  if (!existsSync(folder)) return false;
  const { bavail, bsize } = statfsSync(folder);
  return bavail * bsize > roomBytes;
}

const root = resolve(import.meta.dirname, '../..');

/** Gives every test the address of a real Temporal server and the bundled workflows, and takes the server away at the end. */
export async function setup({ provide }: TestProject): Promise<() => Promise<void>> {
  if (hasRoom(memory)) process.env['TMPDIR'] = memory;
  const temporal = await provideTemporal({
    address: process.env['TEMPORAL_ADDRESS'],
    searchAttributes,
    headless: true,
    log: (line) => process.stderr.write(`${line}\n`),
  });
  try {
    await assertTimeSkipping(temporal.address);
    const bundle = await bundleIntoFile();
    provide('temporalAddress', temporal.address);
    provide('workflowBundlePath', bundle);
    return async () => {
      await rm(bundle, { force: true });
      await temporal.stop();
    };
  } catch (error) {
    await temporal.stop();
    throw error;
  }
}

async function bundleIntoFile(): Promise<string> {
  const { code } = await bundleWorkflows();
  const folder = join(root, 'node_modules/.cache/holdfast');
  await mkdir(folder, { recursive: true });
  // One file per run, so that two runs side by side never read each other's half-written bundle.
  const file = join(folder, `workflows-${process.pid}.cjs`);
  await writeFile(file, code);
  return file;
}
