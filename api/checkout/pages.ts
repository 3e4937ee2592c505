import { readFileSync } from 'node:fs';
import type { Context } from 'hono';
import { AppError } from '../../domain/errors.ts';
import type { ApiApp, ApiEnv, ApiPorts } from '../ports.ts';
import { checkoutPage } from './checkout-page.ts';
import { completionPage } from './completion-page.ts';
import { nothingPaidPage, unknownPage } from './document.ts';
import type { Html } from './document.ts';
import { readCheckout } from './shown-checkout.ts';
import type { ShownCheckout } from './shown-checkout.ts';

interface Asset {
  readonly type: string;
  readonly text: string;
}

const asset = (type: string, file: URL): Asset => ({
  type: `${type}; charset=utf-8`,
  text: readFileSync(file, 'utf8'),
});

/** The only files of the pages; every other name is not found, so no path can leave the folder. */
const assets: Readonly<Record<string, Asset>> = {
  'checkout.css': asset('text/css', new URL('./assets/checkout.css', import.meta.url)),
  'checkout.mjs': asset('text/javascript', new URL('./assets/checkout.mjs', import.meta.url)),
  'icon.svg': asset('image/svg+xml', new URL('./assets/icon.svg', import.meta.url)),
};

/** The pages a customer pays on and comes back to (B14). The session's id is the key: nobody guesses it. */
export function checkoutPages(app: ApiApp, ports: ApiPorts): void {
  app.get('/checkout/complete', (c) => {
    const session = c.req.query('session_id');
    return session === undefined ? c.html(nothingPaidPage()) : show(c, ports, session, completionPage);
  });
  app.get('/checkout/assets/:file', (c) => {
    const name = c.req.param('file');
    const found = Object.hasOwn(assets, name) ? assets[name] : undefined;
    if (found === undefined) throw new AppError('not_found', 'There is nothing at this address');
    return c.body(found.text, 200, { 'Content-Type': found.type });
  });
  app.get('/checkout/:session', (c) => show(c, ports, c.req.param('session'), checkoutPage));
}

/** Renders what is known of a session; whoever comes with a wrong one is told so in words. */
async function show(
  c: Context<ApiEnv>,
  ports: ApiPorts,
  session: string,
  page: (checkout: ShownCheckout, session: string) => Html,
): Promise<Response> {
  const checkout = await readCheckout(ports, session);
  return checkout === null ? c.html(unknownPage(), 404) : c.html(page(checkout, session));
}
