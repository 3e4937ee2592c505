import {
  ServiceError,
  WorkflowExecutionAlreadyStartedError,
  WorkflowNotFoundError,
  WorkflowUpdateFailedError,
  WorkflowUpdateRPCTimeoutOrCancelledError,
} from '@temporalio/client';
import type { Client } from '@temporalio/client';
import { ApplicationFailure } from '@temporalio/common';
import type { Kind } from '../../domain/kinds.ts';
import { isRefusal } from '../../domain/machine.ts';
import type { CommandAnswer, Start } from '../../workflows/contract.ts';
import { refusalType, stripeEventSignal } from '../../workflows/contract.ts';
import type { Ground } from './ground.ts';
import { Story } from './story.ts';

/** How often Temporal gives no answer, before or after it did what it was asked. */
const awayRate = 0.02;

/** How long Temporal takes to make a message durable. */
const roundTripMs = 2;

interface StartOptions {
  readonly workflowId: string;
  readonly args: readonly [Start];
  readonly workflowIdReusePolicy: 'REJECT_DUPLICATE' | 'ALLOW_DUPLICATE';
  readonly workflowIdConflictPolicy?: 'USE_EXISTING' | 'FAIL';
}

interface SignalledStart extends StartOptions {
  readonly signal: string;
  readonly signalArgs: readonly [unknown];
}

interface WithStart {
  readonly args: readonly [unknown];
  readonly startWorkflowOperation: { readonly workflowTypeOrFunc: string; readonly options: StartOptions };
}

const described = ({ workflowId, isOpen, runs }: Story) => ({
  workflowId,
  runId: `run ${runs}`,
  status: { name: isOpen ? 'RUNNING' : 'COMPLETED' },
  startTime: new Date(runs),
});

/** Temporal's server as far as the API asks it for anything: workflows by id, started, signalled, told and described. */
export class Server {
  readonly stories = new Map<string, Story>();
  readonly #ground: Ground;

  constructor(ground: Ground) {
    this.#ground = ground;
  }

  /** The client that the API is given; it has what the API uses and nothing else. */
  readonly client = {
    withDeadline: <T>(_deadline: unknown, work: () => Promise<T>): Promise<T> => work(),
    workflowService: { getSystemInfo: async () => ({}) },
    workflow: {
      list: async function* (this: { stories: Iterable<Story> }) {
        for (const story of this.stories) yield described(story);
      }.bind({ stories: { [Symbol.iterator]: () => this.stories.values() } }),
      getHandle: (workflowId: string) => ({
        signal: (name: string, message: unknown) =>
          this.#reached(workflowId, () => this.#signal(workflowId, name, message)),
        executeUpdate: (name: string, { args }: { args: readonly [unknown] }) =>
          this.#reached(workflowId, () => this.#update(this.#running(workflowId), name, args[0])),
        describe: async () => described(this.#known(workflowId)),
        query: async () => this.#known(workflowId).state,
      }),
      start: (kind: Kind, options: StartOptions) =>
        this.#reached(options.workflowId, async () => void this.#start(kind, options)),
      signalWithStart: (kind: Kind, options: SignalledStart) =>
        this.#reached(options.workflowId, async () => {
          this.#start(kind, { ...options, workflowIdConflictPolicy: 'USE_EXISTING' });
          await this.#signal(options.workflowId, options.signal, options.signalArgs[0]);
        }),
      executeUpdateWithStart: (name: string, { args, startWorkflowOperation }: WithStart) => {
        const { workflowTypeOrFunc: kind, options } = startWorkflowOperation;
        return this.#reached(options.workflowId, () => this.#update(this.#start(kind as Kind, options), name, args[0]));
      },
    },
  } as unknown as Client; // prettier-ignore

  async #reached<T>(workflowId: string, work: () => Promise<T>): Promise<T> {
    const { trouble, trace, timetable } = this.#ground;
    // Each message is a task of its own: what follows from one is over before the next is heard.
    await timetable.sleep(roundTripMs);
    const isAway = trouble.strikes(`${workflowId}/Temporal away`, awayRate);
    const isDone = isAway && trouble.share(`${workflowId}/Temporal did it`) < 0.5;
    if (isAway)
      trace.tell(workflowId, `Temporal gives no answer${isDone ? ', but does what it was asked' : ''}`);
    if (isAway && !isDone) throw new ServiceError('no answer');
    const answer = await work();
    if (isAway) throw new ServiceError('the answer was lost');
    return answer;
  }

  #known(workflowId: string): Story {
    const story = this.stories.get(workflowId);
    if (story === undefined) throw new WorkflowNotFoundError('no such workflow', workflowId, undefined);
    return story;
  }

  #running(workflowId: string): Story {
    const story = this.#known(workflowId);
    if (!story.isOpen) throw new WorkflowNotFoundError('workflow completed', workflowId, undefined);
    return story;
  }

  async #signal(workflowId: string, name: string, message: unknown): Promise<void> {
    const story = this.#running(workflowId);
    if (name === stripeEventSignal) story.hint(message);
    else story.signal(name, message);
  }

  async #update(story: Story, name: string, message: unknown): Promise<CommandAnswer> {
    const answer = await story.update(name, message);
    if (answer === null) throw new WorkflowUpdateRPCTimeoutOrCancelledError('no worker answered');
    if (!isRefusal(answer)) return answer;
    // The revision is told as endless: nobody here waits a moment for the story to learn what its row shows.
    const cause = ApplicationFailure.nonRetryable(answer.detail, refusalType, answer.code, Infinity);
    throw new WorkflowUpdateFailedError('refused', cause);
  } // prettier-ignore

  #start(kind: Kind, options: StartOptions): Story {
    const { workflowId, args, workflowIdReusePolicy, workflowIdConflictPolicy } = options;
    const [start] = JSON.parse(JSON.stringify(args)) as [Start];
    const known = this.stories.get(workflowId);
    if (known === undefined) {
      const story = new Story(this.#ground, workflowId, kind, start);
      this.stories.set(workflowId, story);
      this.#ground.trace.tell(workflowId, 'begins');
      return story;
    }
    if (known.isOpen && workflowIdConflictPolicy === 'USE_EXISTING') return known;
    if (known.isOpen || workflowIdReusePolicy === 'REJECT_DUPLICATE')
      throw new WorkflowExecutionAlreadyStartedError('already started', workflowId, kind);
    this.#ground.trace.tell(workflowId, 'is taken up again');
    known.restart(start);
    return known;
  }
}
