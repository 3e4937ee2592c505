import type { MiddlewareHandler } from 'hono';
import { collectDefaultMetrics, Counter, Gauge, Histogram, Registry } from 'prom-client';
import type { Store } from '../../store/store.ts';
import type { ApiEnv } from '../ports.ts';

/** What is measured about the API, and the page that shows it. */
export interface Metrics {
  readonly measured: MiddlewareHandler<ApiEnv>;
  readonly registry: Registry;
}

/** From a list page's millisecond to the ten seconds that a start may wait. */
const secondsBuckets = [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 15];

/** Builds the measurements of one API; routes are labelled by their pattern, never by ids. */
export function createMetrics(store: Store): Metrics {
  const registry = new Registry();
  collectDefaultMetrics({ register: registry });
  const duration = new Histogram({
    name: 'holdfast_http_request_seconds',
    help: 'Time to answer an HTTP request',
    labelNames: ['method', 'route', 'status'] as const,
    buckets: secondsBuckets,
    registers: [registry],
  });
  new Gauge({
    name: 'holdfast_webhook_events',
    help: 'Stripe events in the inbox by status',
    labelNames: ['status'] as const,
    registers: [registry],
    async collect() {
      for (const [status, count] of Object.entries(await store.countEvents())) this.set({ status }, count);
    },
  });
  const failures = new Counter({
    name: 'holdfast_http_failures_total',
    help: 'Requests answered with a 5xx status',
    registers: [registry],
  });
  const measured: MiddlewareHandler<ApiEnv> = async (c, next) => {
    const end = duration.startTimer();
    await next();
    const { status } = c.res;
    if (status >= 500) failures.inc();
    end({ method: c.req.method, route: patternOf(c.req.path), status });
  };
  return { measured, registry };
}

/** The address without its ids, so that a million lessons are one time series. */
const patternOf = (path: string): string => {
  const known = /^\/(api|livez|readyz|metrics|openapi\.json|docs|_dev)(\/|$)/.test(path);
  if (!known) return 'other';
  return path
    .replace(/^(\/api\/(?:admin\/)?(?:lessons|accounts|policies|alerts))\/(?!preview$)[^/]+/, '$1/:id')
    .slice(0, 80);
};
