import { decodeForm } from '../../simulator/http/form.ts';
import type { Simulator } from '../../simulator/simulator.ts';
import type { Answer } from './answers.ts';
import type { SentRequest } from './requests.ts';

/** One request to Stripe's API and its answer; status 0 where a fault kept the answer back. */
export type Exchange = SentRequest & Answer;

/** Writes down everything that is asked under /v1 from now on, with the answer as it left. */
export function recordExchanges(simulator: Simulator): Exchange[] {
  const exchanges: Exchange[] = [];
  const handle = simulator.handle.bind(simulator);
  simulator.handle = async (request) => {
    const response = await handle(request);
    const [path = '', query = ''] = request.path.split('?', 2);
    if (path.startsWith('/v1/')) {
      const params = decodeForm(request.method === 'POST' ? request.body : query);
      const { method } = request;
      const isLost = response.dropped !== undefined;
      const body = isLost ? null : (JSON.parse(response.body) as unknown);
      exchanges.push({ method, path, params, status: isLost ? 0 : response.status, body });
    }
    return response;
  };
  return exchanges;
}
