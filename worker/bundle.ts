import { createRequire } from 'node:module';
import { resolve } from 'node:path';
import { bundleWorkflowCode } from '@temporalio/worker';
import type { WorkflowBundleOption } from '@temporalio/worker';

const workflows = resolve(import.meta.dirname, '../workflows');

/** The module that turns workflow values into payloads; the worker and the bundle must name the same one. */
export const payloadConverterPath = createRequire(import.meta.url).resolve(
  resolve(workflows, 'payload-converter.ts'),
);

const silent = (): void => undefined;

/** The workflow code the worker runs: a bundle made before (`codePath`), or one made now, in about a second. */
export async function workflowBundle(codePath: string | null): Promise<WorkflowBundleOption> {
  if (codePath !== null) return { codePath: resolve(codePath) };
  return bundleWorkflowCode({
    workflowsPath: resolve(workflows, 'index.ts'),
    payloadConverterPath,
    logger: {
      log: silent,
      trace: silent,
      debug: silent,
      info: silent,
      warn: console.warn,
      error: console.error,
    },
  });
}
