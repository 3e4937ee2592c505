import { Client, Connection } from '@temporalio/client';

/** Rejects with the way out unless the server at this address fast-forwards single workflows. */
export async function assertTimeSkipping(address: string): Promise<void> {
  const connection = await Connection.connect({ address, connectTimeout: 10_000 });
  try {
    const client = new Client({ connection });
    // Nobody serves this queue: the life is only asked whether its clock may move, then ended.
    const probe = await client.workflow.start('timeSkippingProbe', {
      workflowId: `time-skipping-probe:${crypto.randomUUID()}`,
      taskQueue: 'time-skipping-probe',
      workflowExecutionTimeout: '1 minute',
    });
    try {
      await connection.workflowService.updateWorkflowExecutionOptions({
        namespace: 'default',
        workflowExecution: { workflowId: probe.workflowId },
        workflowExecutionOptions: { timeSkippingConfig: { enabled: true } },
        updateMask: { paths: ['time_skipping_config'] },
      });
    } catch (error) {
      throw new Error(
        `The Temporal server at ${address} cannot fast-forward a workflow, which these tests need. ` +
          'Fix: unset TEMPORAL_ADDRESS, or run a server 1.32 or later with ' +
          '--dynamic-config-value frontend.WorkflowTimeSkippingEnabled=true.',
        { cause: error },
      );
    } finally {
      await probe.terminate('probe done');
    }
  } finally {
    await connection.close();
  }
}
