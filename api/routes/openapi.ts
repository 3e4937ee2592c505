import { readFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { AppError } from '../../domain/errors.ts';
import type { ApiApp, ApiPorts } from '../ports.ts';
import { answers } from '../schemas/problem.ts';
import { stripeEvent } from '../webhooks/event.ts';

const assets = createRequire(import.meta.url)('swagger-ui-dist/absolute-path.js') as () => string;

/** The only files of the reference page; every other name is not found, so no path can leave the folder. */
const files: Readonly<Record<string, string>> = {
  'swagger-ui-bundle.js': 'text/javascript; charset=utf-8',
  'swagger-ui.css': 'text/css; charset=utf-8',
  'favicon-32x32.png': 'image/png',
};

const page = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8"><title>Holdfast API</title>
<link rel="icon" href="/docs/favicon-32x32.png"><link rel="stylesheet" href="/docs/swagger-ui.css">
</head>
<body><div id="reference"></div><script src="/docs/swagger-ui-bundle.js"></script><script src="/docs/start.js"></script></body>
</html>
`;

const script = `SwaggerUIBundle({ url: '/openapi.json', dom_id: '#reference', validatorUrl: null });\n`;

/** The API's own description (OpenAPI 3.1) and a page that shows it. */
export function openApiRoutes(app: ApiApp, { config }: ApiPorts): void {
  app.openAPIRegistry.registerComponent('securitySchemes', 'bearer', {
    type: 'http',
    scheme: 'bearer',
    bearerFormat: 'JWT',
    description: 'A token with `roles`: app, viewer, operator or admin',
  });
  app.openAPIRegistry.registerWebhook({
    method: 'post',
    path: 'stripeEvent',
    operationId: 'onStripeEvent',
    summary: 'What Stripe sends to /api/webhooks/stripe and /api/webhooks/stripe-connect, signed',
    tags: ['Webhooks'],
    request: { body: { content: { 'application/json': { schema: stripeEvent } } } },
    responses: { 200: answers(stripeEvent.pick({ id: true }), 'The event is durable') },
  });
  const describe = () =>
    app.getOpenAPI31Document({
      openapi: '3.1.0',
      info: {
        title: 'Holdfast',
        version: '0.1.0',
        description: 'Holds money until it is clear who should get it, then settles it exactly once.',
        license: { name: 'MIT' },
      },
      servers: [{ url: config.publicUrl }],
      tags: [
        { name: 'Lessons', description: 'Hold now, settle at the scheduled end' },
        { name: 'Bookings', description: 'Paid up front, held until the window is over, then transferred' },
        { name: 'Checkout', description: 'What the pages that customers pay on ask for' },
        { name: 'Providers', description: 'Whose time is booked' },
        { name: 'Operations', description: 'What operators can order' },
        { name: 'Accounts', description: 'Payees' },
        { name: 'Policies', description: 'The numbers agreements are settled by' },
        { name: 'Alerts', description: 'What people should look at' },
        { name: 'Webhooks', description: 'Stripe’s events' },
        { name: 'System', description: 'Health and measurements' },
      ],
    });
  let text: string | undefined;
  app.get('/openapi.json', (c) => {
    text ??= JSON.stringify(describe());
    return c.body(text, 200, { 'Content-Type': 'application/json; charset=utf-8' });
  });
  app.get('/docs', (c) => c.body(page, 200, { 'Content-Type': 'text/html; charset=utf-8' }));
  app.get('/docs/:file', async (c) => {
    const name = c.req.param('file');
    if (name === 'start.js') return c.body(script, 200, { 'Content-Type': 'text/javascript; charset=utf-8' });
    const type = Object.hasOwn(files, name) ? files[name] : undefined;
    if (type === undefined) throw new AppError('not_found', 'There is nothing at this address');
    return c.body(new Uint8Array(await readFile(join(assets(), name))), 200, { 'Content-Type': type });
  });
}
