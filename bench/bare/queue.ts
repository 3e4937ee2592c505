/** The task queue of the bare workflows, beside the house's on the same server. */
export const bareQueue = 'bare';
