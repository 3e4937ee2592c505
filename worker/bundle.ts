import { resolve } from 'node:path';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import type { WorkflowBundleOption } from '@temporalio/worker';

const workflows = resolve(import.meta.dirname, '../workflows');

/**
 * How workflow code reads payloads, bundled with it. Activities and clients keep the SDK's own converter, which writes
 * and reads the same JSON.
 */
const payloadConverterPath = resolve(workflows, 'payload-converter.ts');

/** What every story is guarded by, bundled with it too. */
const workflowInterceptorModules = [resolve(workflows, 'interceptors.ts')];

/** The workflow code the worker runs: a bundle made before (`codePath`), or one made now, in about a second. */
export async function workflowBundle(codePath: string | null): Promise<WorkflowBundleOption> {
  if (codePath !== null) return { codePath: resolve(codePath) };
  return bundleWorkflowCode({
    workflowsPath: resolve(workflows, 'index.ts'),
    payloadConverterPath,
    workflowInterceptorModules,
    // What webpack counts along the way is nobody's news.
    logger: new DefaultLogger('WARN'),
  });
}
