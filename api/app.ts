import { OpenAPIHono } from '@hono/zod-openapi';
import { AppError } from '../domain/errors.ts';
import { checkoutHeaders } from './checkout/headers.ts';
import { checkoutPages } from './checkout/pages.ts';
import { answerError, fieldErrors } from './errors.ts';
import { guard } from './http/access.ts';
import { authentication } from './http/auth.ts';
import { bounded, jsonOnly } from './http/body.ts';
import { createMetrics } from './http/metrics.ts';
import { crossOrigin, protective, uncached } from './http/headers.ts';
import { requestId } from './http/request-id.ts';
import type { ApiApp, ApiEnv, ApiPorts } from './ports.ts';
import { accountRoutes } from './routes/accounts.ts';
import { alertRoutes } from './routes/alerts.ts';
import { bookingCommandRoutes } from './routes/booking-commands.ts';
import { bookingRoutes } from './routes/bookings.ts';
import { checkoutRoutes } from './routes/checkout.ts';
import { disputeRoutes } from './routes/disputes.ts';
import { freezingRoutes } from './routes/freezing.ts';
import { lessonCommandRoutes } from './routes/lesson-commands.ts';
import { lessonRoutes } from './routes/lessons.ts';
import { openApiRoutes } from './routes/openapi.ts';
import { policyRoutes } from './routes/policies.ts';
import { providerRoutes } from './routes/providers.ts';
import { sessionRoutes } from './routes/sessions.ts';
import { systemRoutes } from './routes/system.ts';
import { verifyRoutes } from './routes/verify.ts';
import { webhookRoutes } from './routes/webhooks.ts';

/** Builds the whole API on its ports: no socket is opened and nothing runs until a request comes. */
export function createApp(ports: ApiPorts): ApiApp {
  const { config, log } = ports;
  const app: ApiApp = new OpenAPIHono<ApiEnv>({
    defaultHook: (result) => {
      if (result.success) return;
      throw new AppError('invalid', 'The request is not valid', fieldErrors(result.error));
    },
  });
  app.onError((error, c) => answerError(error, c, log));
  app.notFound((c) => answerError(new AppError('not_found', 'There is nothing at this address'), c, log));

  const metrics = createMetrics(ports.store);
  app.use('/checkout/*', checkoutHeaders(config));
  app.use(requestId, metrics.measured, protective, uncached, crossOrigin(config.corsOrigins));
  app.use(bounded, guard(authentication(config.auth), config.demo), jsonOnly);

  lessonRoutes(app, ports);
  lessonCommandRoutes(app, ports);
  bookingRoutes(app, ports);
  bookingCommandRoutes(app, ports);
  sessionRoutes(app, ports);
  checkoutRoutes(app, ports);
  providerRoutes(app, ports);
  accountRoutes(app, ports);
  disputeRoutes(app, ports);
  freezingRoutes(app, ports);
  policyRoutes(app, ports);
  alertRoutes(app, ports);
  verifyRoutes(app, ports);
  webhookRoutes(app, ports);
  systemRoutes(app, ports, metrics);
  openApiRoutes(app, ports);
  checkoutPages(app, ports);
  if (config.demo) ports.dev?.(app);
  return app;
}
