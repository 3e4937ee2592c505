import { isDeepStrictEqual } from 'node:util';
import { isGrpcServiceError } from '@temporalio/client';
import type { AgreementState, Kind } from '../../domain/kinds.ts';
import { machines } from '../../domain/kinds.ts';
import { stateQuery } from '../../workflows/contract.ts';
import type { Bag, Hunting } from './hunt.ts';
import { Broken, hunt } from './hunt.ts';
import type { Message } from './messages.ts';
import { nonsenseTo, shownMessage } from './messages.ts';
import type { Target } from './target.ts';

/** A story that is told nonsense. */
export interface Listener {
  readonly kind: Kind;
  readonly id: string;
  readonly workflowId: string;
}

/** A task that fails is tried again and again, so a story that broke is one that no longer answers. */
const answersWithinMs = 15_000;

/** UPDATE_WORKFLOW_EXECUTION_LIFECYCLE_STAGE_COMPLETED; the enum itself would load the whole of the protocol's code. */
const completed = 3;
const invalidArgument = 3;

/**
 * Tells a story what makes no sense, through Temporal itself, and holds what it is afterwards against what it was. One
 * that was broken stays so: whatever is tried after it is tried on a new one.
 */
export async function huntSignals(
  target: Target,
  kind: Kind,
  begin: (kind: Kind) => Promise<Listener>,
  hunting: Hunting,
): Promise<Bag> {
  let listener: Listener | null = null;
  return await hunt(nonsenseTo(kind), hunting, async (messages) => {
    const told = (listener ??= await begin(kind));
    const broken = await wrongWithStory(target, told, messages);
    if (broken === null) return;
    listener = null;
    throw new Broken(`${broken}\n${told.workflowId}: ${messages.map(shownMessage).join('; ')}`);
  });
}

async function wrongWithStory(target: Target, listener: Listener, messages: readonly Message[]): Promise<string | null> {
  const before = await stateOf(target, listener);
  if (before === null) throw new Error(`${listener.workflowId} did not answer before anything was sent`);
  const signalled: string[] = [];
  for (const message of messages) {
    const heard = await within(target, () => tell(target, listener, message));
    if (heard === null) return `no answer to the ${message.door} ${message.name}`;
    if (heard === 'taken') return `the ${message.door} ${message.name} was taken`;
    if (heard === 'signalled') signalled.push(message.name.slice(0, 64));
  }
  const after = await stateOf(target, listener);
  if (after === null) return `the story has not answered for ${answersWithinMs} ms`;
  const seen = after.rejected.slice(-signalled.length).map(({ name }) => name);
  if (signalled.length > 0 && !isDeepStrictEqual(seen, signalled))
    return `refused were ${signalled.join(', ')}, and to be seen are ${seen.join(', ')}`;
  const [was, is] = [shown(listener, before), shown(listener, after)];
  return isDeepStrictEqual(was, is) ? null : `it was ${JSON.stringify(was)} and is ${JSON.stringify(is)}`;
} // prettier-ignore

/** Everything a story shows but the refusals themselves. */
const shown = ({ kind }: Listener, state: AgreementState): object => ({
  ...machines[kind].view(state),
  rejected: [],
});

const within = async <T>({ temporal }: Target, work: () => Promise<T>): Promise<T | null> => {
  try {
    return await temporal.withDeadline(Date.now() + answersWithinMs, work);
  } catch (error) {
    if (error instanceof Error && /DEADLINE_EXCEEDED|deadline/i.test(`${error.message} ${String(error.cause)}`)) return null;
    throw error;
  }
}; // prettier-ignore

const stateOf = (target: Target, { workflowId }: Listener): Promise<AgreementState | null> =>
  within(target, () => target.temporal.workflow.getHandle(workflowId).query<AgreementState>(stateQuery));

/** Past the SDK's own converter; what the server itself refuses never comes to the story. */
async function tell(
  { temporal }: Target,
  { workflowId }: Listener,
  { door, name, payloads }: Message,
): Promise<'signalled' | 'refused' | 'taken' | 'not delivered'> {
  const { namespace } = temporal.options;
  const place = { namespace, workflowExecution: { workflowId } };
  const input = { payloads: [...payloads] };
  try {
    if (door === 'signal') {
      const requestId = crypto.randomUUID();
      await temporal.workflowService.signalWorkflowExecution({
        ...place,
        signalName: name,
        input,
        requestId,
      });
      return 'signalled';
    }
    const { outcome } = await temporal.workflowService.updateWorkflowExecution({
      ...place,
      waitPolicy: { lifecycleStage: completed },
      request: {
        meta: { updateId: crypto.randomUUID(), identity: 'somebody' },
        input: { name, args: input },
      },
    });
    return outcome?.failure ? 'refused' : 'taken';
  } catch (error) {
    if (isGrpcServiceError(error) && Number(error.code) === invalidArgument) return 'not delivered';
    throw error;
  }
}
