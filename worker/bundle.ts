import { resolve } from 'node:path';
import { bundleWorkflowCode, DefaultLogger } from '@temporalio/worker';
import type { WorkflowBundle, WorkflowBundleOption } from '@temporalio/worker';

const ownWorkflows = resolve(import.meta.dirname, '../workflows');

/** The workflow code the worker runs: a bundle made before (`codePath`), or one made now, in about a second. */
export async function workflowBundle(codePath: string | null): Promise<WorkflowBundleOption> {
  return codePath === null ? bundleWorkflows() : { codePath: resolve(codePath) };
}

/** Bundles the workflows of this folder, ours unless another is named, with all that goes with them into the sandbox. */
export function bundleWorkflows(folder = ownWorkflows): Promise<WorkflowBundle> {
  return bundleWorkflowCode({
    workflowsPath: resolve(folder, 'index.ts'),
    // How workflow code reads payloads. Activities and clients keep the SDK's own converter, which writes and reads the
    // same JSON.
    payloadConverterPath: resolve(folder, 'payload-converter.ts'),
    // What every story is guarded by.
    workflowInterceptorModules: [resolve(folder, 'interceptors.ts')],
    // What webpack counts along the way is nobody's news.
    logger: new DefaultLogger('WARN'),
  });
}
