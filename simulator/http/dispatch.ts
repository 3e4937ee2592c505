import { checkBooks } from '../core/checks.ts';
import type { World } from '../core/world.ts';
import { apiVersion } from '../webhooks/events.ts';
import { accountNamed, identify, originOf } from './caller.ts';
import type { SimRequest, SimResponse } from './exchange.ts';
import { expand } from './expand.ts';
import { strike, type Fault } from './faults.ts';
import { canonical, decodeForm, type FormGroup } from './form.ts';
import { recall, remember, storeId, type KeysInFlight, type StoredAnswer } from './idempotency.ts';
import { noLimits, RateLimiter, type Limits } from './limits.ts';
import { keyInUse, Refusal, tooMany } from './refusal.ts';
import { logArrival, logOutcome } from './request-log.ts';
import type { Routes } from './route.ts';

/** How old a stale list is when the fault does not say: about the lag that Stripe's own search shows. */
const staleSeconds = 60;

interface Plain {
  status: number;
  body: string;
  stored: boolean;
  headers: Record<string, string>;
}

interface Hands {
  readonly world: World;
  readonly routes: Routes;
  /** Makes what happened so far survive a kill. */
  readonly commit: () => void;
  readonly sleep: (ms: number) => Promise<void>;
}

const shouldRetry = (fault: { shouldRetry?: boolean }): Record<string, string> =>
  fault.shouldRetry === undefined ? {} : { 'stripe-should-retry': String(fault.shouldRetry) };

const injectedBody = (status: number) => ({
  error: {
    type: status === 402 ? 'card_error' : status >= 500 ? 'api_error' : 'invalid_request_error',
    message: `An error of status ${status} that was asked for.`,
  },
});

/** Carries one API request from its arrival to its answer: log, fault, key, limits, execution, books, key again. */
export class Dispatcher {
  limits: Limits = noLimits;
  readonly #hands: Hands;
  readonly #limiter = new RateLimiter();
  readonly #inFlight: KeysInFlight = new Map();

  constructor(hands: Hands) {
    this.#hands = hands;
  }

  /** Drops the limits and the keys in flight, as a fresh start would. */
  forget(): void {
    this.limits = noLimits;
    this.#inFlight.clear();
  }

  async answer(request: SimRequest): Promise<SimResponse> {
    const { world } = this.#hands;
    const [path = '', query = ''] = request.path.split('?', 2);
    const account = accountNamed(request);
    const key = request.method === 'POST' ? (request.headers['idempotency-key'] ?? null) : null;
    let form: FormGroup = {};
    let malformed: Refusal | undefined;
    try {
      form = decodeForm(request.method === 'POST' ? request.body : query);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      malformed = error;
    }
    const log = logArrival(world, {
      method: request.method,
      path,
      params: form,
      idempotencyKey: key,
      account,
    });
    const fault = strike(world, { method: request.method, path, account, params: form });
    if (fault !== undefined) logOutcome(world, log.id, { fault: fault.kind });
    if (fault?.kind === 'drop_before') return { status: 0, headers: {}, body: '', dropped: 'before' };

    let replay: StoredAnswer | undefined;
    let plain: Plain;
    let locked: string | undefined;
    try {
      if (malformed !== undefined) throw malformed;
      const caller = identify(world, request);
      if (fault?.kind === 'rate_limit' || fault?.kind === 'lock_timeout')
        throw tooMany(fault.kind, shouldRetry(fault));
      this.#limiter.admit(
        world,
        this.limits,
        `${request.method} ${path.replaceAll(/_[A-Za-z0-9]{10,}/g, '')}`,
      );
      if (fault?.kind === 'key_in_use') throw keyInUse(key ?? '');
      const fingerprint = `${request.method} ${path} ${canonical(form)}`;
      if (key !== null) {
        replay = recall(world, this.#inFlight, caller.owner, key, fingerprint);
        if (replay === undefined) this.#inFlight.set((locked = storeId(caller.owner, key)), fingerprint);
      }
      if (fault?.kind === 'delay') {
        this.#hands.commit();
        await this.#hands.sleep(fault.ms);
      }
      plain =
        replay === undefined
          ? this.#execute(request, path, form, caller, fault, {
              requestId: log.id,
              idempotencyKey: key,
            })
          : { status: replay.status, body: replay.body, stored: false, headers: {} };
      if (locked !== undefined && plain.stored) {
        const { status, body } = plain;
        remember(world, { id: locked, fingerprint, requestId: log.id, status, body });
      }
    } catch (error) {
      plain = this.#refusal(error, log.id);
    } finally {
      if (locked !== undefined) this.#inFlight.delete(locked);
    }
    logOutcome(world, log.id, { status: plain.status, replayed: replay !== undefined });
    return this.#deliver(plain, fault, {
      'content-type': 'application/json',
      'request-id': log.id,
      'stripe-version': apiVersion,
      ...(key === null ? {} : { 'idempotency-key': key, 'original-request': replay?.requestId ?? log.id }),
      ...(replay === undefined ? {} : { 'idempotent-replayed': 'true' }),
      ...plain.headers,
    });
  }

  #execute(
    request: SimRequest,
    path: string,
    form: FormGroup,
    caller: { owner: string; publishable: boolean },
    fault: Fault | undefined,
    cause: { requestId: string; idempotencyKey: string | null },
  ): Plain {
    const { world, routes } = this.#hands;
    const { method } = request;
    if (fault?.kind === 'status_before') {
      const stored = fault.status !== 429 && fault.status !== 401 && fault.status !== 409;
      return {
        status: fault.status,
        body: JSON.stringify(fault.body ?? injectedBody(fault.status)),
        stored,
        headers: shouldRetry(fault),
      };
    }
    const found = routes.find(method, path);
    if (found === undefined || (caller.publishable && !found.route.publishable))
      throw new Refusal(
        404,
        { type: 'invalid_request_error', message: `Unrecognized request URL (${method}: ${path}).` },
        false,
      );
    const stale = fault?.kind === 'stale_list' ? (fault.seconds ?? staleSeconds) : 0;
    let plain: Plain;
    world.cause = cause;
    try {
      const act = found.route.prepare(
        { world, ...caller, ids: found.ids, staleSeconds: stale, origin: originOf(request) },
        form,
      );
      const asked = form['expand'];
      const paths = typeof asked === 'object' ? Object.values(asked).map(String) : [];
      plain = { status: 200, body: JSON.stringify(expand(world, act(), paths)), stored: true, headers: {} };
    } catch (error) {
      plain = this.#refusal(error, cause.requestId);
    } finally {
      world.cause = null;
    }
    const violations = checkBooks(world);
    if (violations.length > 0)
      plain = this.#refusal(new Error(`The books do not balance: ${violations.join('; ')}`), cause.requestId);
    if (fault?.kind === 'status_after')
      return {
        status: fault.status,
        body: JSON.stringify(injectedBody(fault.status)),
        stored: true,
        headers: shouldRetry(fault),
      };
    return plain;
  }

  #refusal(error: unknown, requestId: string): Plain {
    const { world } = this.#hands;
    if (!(error instanceof Refusal)) {
      const what = error instanceof Error ? error.message : String(error);
      world.tables.violations.put({
        id: world.ids.next('viol'),
        at: new Date(world.clock.now()).toISOString(),
        what,
      });
      return {
        status: 500,
        body: JSON.stringify({ error: { type: 'api_error', message: what } }),
        stored: true,
        headers: {},
      };
    }
    const body = { ...error.body, request_log_url: `https://dashboard.stripe.com/test/logs/${requestId}` };
    return {
      status: error.status,
      body: JSON.stringify({ error: body }),
      stored: error.stored,
      headers: error.headers,
    };
  }

  #deliver(plain: Plain, fault: Fault | undefined, headers: Record<string, string>): SimResponse {
    const response: SimResponse = { status: plain.status, headers, body: plain.body };
    if (fault?.kind === 'drop_after') return { ...response, dropped: 'after' };
    if (fault?.kind === 'cut_body_after') return { ...response, dropped: 'body' };
    return response;
  }
}
