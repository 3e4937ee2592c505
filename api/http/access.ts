import type { MiddlewareHandler } from 'hono';
import { AppError } from '../../domain/errors.ts';
import { MethodNotAllowed } from '../errors.ts';
import type { ApiEnv } from '../ports.ts';
import type { Authenticate, Role } from './auth.ts';

type Access = 'open' | readonly Role[];

const everyone: Access = ['app', 'viewer', 'operator', 'admin'];
const callers: Access = ['app', 'operator', 'admin'];
const staff: Access = ['viewer', 'operator', 'admin'];
const operators: Access = ['operator', 'admin'];
const admins: Access = ['admin'];

/** Who may call what: the one table. A route that does not stand here does not exist. */
export const access: Readonly<Record<string, Access>> = {
  'POST /api/lessons': callers,
  'GET /api/lessons': everyone,
  'GET /api/lessons/:id': everyone,
  'GET /api/lessons/:id/timeline': everyone,
  'POST /api/lessons/:id/join': callers,
  'POST /api/lessons/:id/call-end': callers,
  'POST /api/lessons/:id/end': callers,
  'POST /api/lessons/:id/cancel': callers,
  'POST /api/lessons/:id/reschedule': callers,
  'POST /api/lessons/:id/dispute': callers,
  'POST /api/lessons/:id/evidence': callers,
  'POST /api/admin/lessons/:id/resolve': operators,
  'POST /api/admin/lessons/:id/retry': operators,
  'POST /api/admin/lessons/:id/skip': operators,
  'POST /api/admin/lessons/:id/capture': operators,
  'POST /api/admin/lessons/:id/release': operators,
  'POST /api/admin/lessons/:id/refund': operators,
  'POST /api/admin/lessons/:id/sync': operators,
  'GET /api/admin/lessons/:id/diagnostic': staff,
  'POST /api/bookings': callers,
  'GET /api/bookings': everyone,
  'GET /api/bookings/:id': everyone,
  'GET /api/bookings/:id/timeline': everyone,
  'POST /api/bookings/:id/cancel': callers,
  'POST /api/bookings/:id/reschedule': callers,
  'POST /api/bookings/:id/dispute': callers,
  'POST /api/bookings/:id/evidence': callers,
  'POST /api/bookings/:id/no-show': callers,
  'POST /api/admin/bookings/:id/resolve': operators,
  'POST /api/admin/bookings/:id/retry': operators,
  'POST /api/admin/bookings/:id/skip': operators,
  'POST /api/admin/bookings/:id/refund': operators,
  'POST /api/admin/bookings/:id/sync': operators,
  'GET /api/admin/bookings/:id/diagnostic': staff,
  'GET /api/disputes': everyone,
  'GET /api/disputes/:id': everyone,
  'GET /api/disputes/:id/timeline': everyone,
  'POST /api/admin/disputes/:id/submit': operators,
  'POST /api/admin/disputes/:id/accept': admins,
  'POST /api/admin/disputes/:id/retry': operators,
  'POST /api/admin/disputes/:id/skip': operators,
  'POST /api/admin/disputes/:id/sync': operators,
  'POST /api/sessions/cancel': callers,
  'GET /checkout/sessions/:session': 'open',
  'POST /checkout/sessions/:session/refresh': 'open',
  'POST /api/providers': callers,
  'GET /api/providers': everyone,
  'GET /api/providers/:id': everyone,
  'POST /api/accounts': callers,
  'GET /api/accounts': everyone,
  'GET /api/accounts/:id': everyone,
  'POST /api/accounts/:id/onboarding-link': callers,
  'POST /api/admin/accounts/:id/freeze': admins,
  'POST /api/admin/accounts/:id/unfreeze': admins,
  'POST /api/admin/freeze': admins,
  'POST /api/admin/unfreeze': admins,
  'GET /api/policies': everyone,
  'GET /api/policies/:id': everyone,
  'POST /api/policies/preview': everyone,
  'PUT /api/admin/policies/:id': admins,
  'GET /api/admin/alerts': staff,
  'POST /api/admin/alerts/:id/resolve': operators,
  'POST /api/admin/verify': admins,
  'GET /checkout/complete': 'open',
  'GET /checkout/:session': 'open',
  'GET /checkout/assets/:file': 'open',
  'POST /api/webhooks/stripe': 'open',
  'POST /api/webhooks/stripe-connect': 'open',
  'GET /livez': 'open',
  'GET /readyz': 'open',
  'GET /metrics': 'open',
  'GET /openapi.json': 'open',
  'GET /docs': 'open',
  'GET /docs/:file': 'open',
};

/** The helpers of demo mode; outside it their addresses do not exist. */
const demoAccess: Readonly<Record<string, Access>> = {
  'POST /_dev/travel': admins,
  'GET /_dev/clock': admins,
  'GET /_dev/outbox': admins,
  'POST /_dev/calendar/faults': admins,
};

interface Gate {
  readonly method: string;
  readonly path: RegExp;
  readonly who: Access;
}

function gatesOf(table: Readonly<Record<string, Access>>): Gate[] {
  return Object.entries(table).map(([route, who]) => {
    const [method = '', path = ''] = route.split(' ');
    return {
      method,
      path: new RegExp(`^${path.replaceAll('.', '\\.').replaceAll(/:[a-z]+/g, '[^/]+')}$`),
      who,
    };
  });
}

/**
 * Lets a request through to its route only where the table allows it: 404 for what is not there, 405 for another
 * method, 401 without a token, 403 with too small a role, all before anything about the object is looked at.
 */
export function guard(authenticate: Authenticate, isDemo: boolean): MiddlewareHandler<ApiEnv> {
  const gates = gatesOf(isDemo ? { ...access, ...demoAccess } : access);
  return async (c, next) => {
    const here = gates.filter(({ path }) => path.test(c.req.path));
    if (here.length === 0) throw new AppError('not_found', 'There is nothing at this address');
    const method = c.req.method === 'HEAD' ? 'GET' : c.req.method;
    // A path that is spelt out comes before one with a placeholder, as in the router.
    const gate = here.find((one) => one.method === method);
    if (gate === undefined) throw new MethodNotAllowed(here.map((one) => one.method));
    if (gate.who === 'open') return next();
    const caller = await authenticate(c.req.header('Authorization'));
    const { who } = gate;
    if (!caller.roles.some((role) => who.includes(role))) {
      throw new AppError('forbidden', `This needs one of the roles ${who.join(', ')}`);
    }
    c.set('caller', caller);
    return next();
  };
}
