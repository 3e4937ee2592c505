import { checkBooks } from '../core/checks.ts';
import { jsonResponse, type SimRequest, type SimResponse } from '../http/exchange.ts';
import { Refusal } from '../http/refusal.ts';
import type { Control, Reach } from './control.ts';
import { ControlRefusal } from './control-refusal.ts';
import { bankControls } from './bank.ts';
import { checkoutControls } from './checkout-controls.ts';
import { clockAndBooks } from './clock-and-books.ts';
import { faultControls } from './fault-controls.ts';
import { outsideWorld } from './outside-world.ts';

const controls: readonly Control[] = [
  ...clockAndBooks,
  ...faultControls,
  ...outsideWorld,
  ...bankControls,
  ...checkoutControls,
];

const find = (method: string, path: string): { control: Control; id: string } => {
  const parts = path.split('/').slice(1);
  const here = controls.filter(
    ({ segments }) =>
      segments.length === parts.length &&
      segments.every((segment, at) => segment.startsWith(':') || segment === parts[at]),
  );
  if (here.length === 0) throw new ControlRefusal(404, `There is no control at ${path}.`);
  const control = here.find((each) => each.method === method);
  if (control === undefined)
    throw new ControlRefusal(405, `${path} takes ${here.map((each) => each.method).join(' or ')}.`);
  const at = control.segments.findIndex((segment) => segment.startsWith(':'));
  return { control, id: decodeURIComponent(parts[at] ?? '') };
};

const parse = (body: string): unknown => {
  if (body.trim() === '') return {};
  try {
    return JSON.parse(body);
  } catch {
    throw new ControlRefusal(400, 'The body is not JSON.');
  }
};

/** Answers one request under /_sim; whatever is wrong with it is said in JSON with a 4xx. */
export const answerControl = async (reach: Reach, request: SimRequest): Promise<SimResponse> => {
  const [path = '', query = ''] = request.path.split('?', 2);
  try {
    const { control, id } = find(request.method, path);
    const answer = await control.run(reach, [id, ''], new URLSearchParams(query), parse(request.body));
    const violations = checkBooks(reach.world);
    if (violations.length > 0)
      return jsonResponse(500, { error: { message: `The books do not balance: ${violations.join('; ')}` } });
    return jsonResponse(200, answer);
  } catch (error) {
    if (error instanceof ControlRefusal)
      return jsonResponse(error.status, { error: { message: error.message } });
    if (error instanceof Refusal)
      return jsonResponse(error.status === 404 ? 404 : 409, { error: error.body });
    throw error;
  }
};
