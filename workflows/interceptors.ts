import type { WorkflowInterceptors, WorkflowInternalsInterceptor } from '@temporalio/workflow';

/**
 * The SDK fails the workflow task at a signal whose name begins like this wherever there is a default handler, again
 * and again, and with it every payment of the story. Anybody who can reach Temporal can send one.
 */
const reserved = '__temporal_';

const renamed = 'reserved:';

/** The name a signal was sent under, whatever it had to be called on its way. */
export const sentName = (name: string): string =>
  name.startsWith(`${renamed}${reserved}`) ? name.slice(renamed.length) : name;

/** Such a signal comes to the default handler under a name that it takes, and is refused like any other misspelt one. */
const renaming: WorkflowInternalsInterceptor = {
  activate(input, next) {
    for (const { signalWorkflow: signal } of input.activation.jobs ?? []) {
      const name = signal?.signalName ?? '';
      if (signal && name.startsWith(reserved)) signal.signalName = `${renamed}${name}`;
    }
    next(input);
  },
};

/** What goes before every story; the SDK asks for it under this name. */
export const interceptors = (): WorkflowInterceptors => ({ internals: [renaming] });
