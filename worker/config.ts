import { resolve } from 'node:path';
import { z } from 'zod';

// worker/: the processes. Configuration, clocks, connections and the entrypoints that wire the rooms together.
// Decisions about money are domain/'s; nothing but entrypoints and this file may read the environment.

/** An environment that makes no sense: every problem at once, each naming its variable. */
export class ConfigProblems extends Error {
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(
      [
        `The configuration has ${problems.length === 1 ? 'a problem' : `${problems.length} problems`}:`,
        ...problems,
      ].join('\n  '),
    );
    this.name = 'ConfigProblems';
    this.problems = problems;
  }
}

/** Which process asks: everything in one (`npm start`), or the API or the worker alone. */
export type ProcessRole = 'all' | 'api' | 'worker';

const defaultHost = '127.0.0.1';

const port = z.coerce
  .number('must be a port from 0 to 65535')
  .int('must be a port from 0 to 65535')
  .min(0, 'must be a port from 0 to 65535')
  .max(65_535, 'must be a port from 0 to 65535');

const webAddress = z.url({ protocol: /^https?$/, error: 'must be an http:// or https:// address' });

/** Comma separated; two while one is being replaced. */
const list = z
  .string()
  .transform((text) => text.split(',').map((item) => item.trim()))
  .refine((items) => items.every(Boolean), 'has an empty entry between its commas');

/** Every variable Holdfast reads, but for Temporal's own (TEMPORAL_*), which its SDK reads. */
export const environment = z.object({
  HOST: z.string().default(defaultHost),
  PORT: port.default(3000),
  HOLDFAST_DATA_DIR: z.string().default('./data'),
  DATABASE_URL: z
    .never('is not supported yet: this version keeps its books in SQLite; leave it unset')
    .optional(),
  HOLDFAST_TEMPORAL_PORT: port.default(7233),
  STRIPE_SECRET_KEY: z
    .string()
    .regex(
      /^(?:sk_test|rk_test|rk_live|sk_live)_\w+$/,
      'must be a key that begins with sk_test_, rk_test_ or rk_live_',
    )
    .refine(
      (key) => !key.startsWith('sk_live_'),
      'is an unrestricted live key; make a restricted one (rk_live_)',
    )
    .optional(),
  STRIPE_API_BASE: webAddress.optional(),
  HOLDFAST_STRIPE_PORT: port.default(12_111),
  STRIPE_WEBHOOK_SECRET: list.optional(),
  STRIPE_CONNECT_WEBHOOK_SECRET: list.optional(),
  HOLDFAST_JWT_SECRET: z.string().optional(),
  HOLDFAST_JWKS_URL: webAddress.optional(),
  HOLDFAST_JWT_ISSUER: z.string().optional(),
  HOLDFAST_JWT_AUDIENCE: z.string().optional(),
  HOLDFAST_PUBLIC_URL: webAddress.optional(),
  HOLDFAST_CORS_ORIGINS: list.pipe(z.array(webAddress)).optional(),
  SMTP_URL: z.url({ protocol: /^smtps?$/, error: 'must be an smtp:// or smtps:// address' }).optional(),
  MAIL_FROM: z
    .string()
    .regex(
      /^(?:[^<>@\r\n]+<[^\s<>@]+@[^\s<>@]+>|[^\s<>@]+@[^\s<>@]+)$/,
      'must be an address, or Name <address>',
    )
    .optional(),
  HOLDFAST_ADMIN_EMAIL: z.email('must be an e-mail address').optional(),
  STRIPE_PUBLISHABLE_KEY: z
    .string()
    .regex(/^pk_(?:test|live)_\w+$/, 'must be a key that begins with pk_test_ or pk_live_')
    .optional(),
  HOLDFAST_CALENDAR_URL: webAddress.optional(),
  HOLDFAST_CALENDAR_KEY: z.string().optional(),
  HOLDFAST_CALENDAR_PORT: port.default(12_112),
  HOLDFAST_WORKFLOW_CACHE: z.coerce
    .number('must be a whole number of workflows')
    .int('must be a whole number of workflows')
    .min(0, 'must be a whole number of workflows')
    .default(500),
  HOLDFAST_WORKFLOW_BUNDLE: z.string().optional(),
  LOG_LEVEL: z
    .enum(
      ['trace', 'debug', 'info', 'warn', 'error', 'silent'],
      'must be trace, debug, info, warn, error or silent',
    )
    .optional(),
});

/** Secrets that demo mode makes up once for each data folder, so that tokens and signatures survive a restart. */
export interface MadeUpSecrets {
  readonly jwt: string;
  readonly webhook: string;
  readonly connectWebhook: string;
}

/** Everything a process needs to know, read once and passed down as a value. */
export type Config = ReturnType<typeof configOf>;

type Environment = z.output<typeof environment>;

const loopback = new Set(['127.0.0.1', 'localhost', '::1']);

/** RFC 7518 asks for a key as long as the hash; a shorter one can be guessed offline from any token. */
const shortestJwtSecret = 32;

/**
 * Reads the environment for one process, or throws `ConfigProblems` with everything that is wrong with it. Secrets are
 * made up (by `makeUp`, from the data folder) in demo mode only: loopback bind and simulated Stripe.
 */
export function readConfig(
  variables: Readonly<Record<string, string | undefined>>,
  role: ProcessRole,
  makeUp: (dataFolder: string) => MadeUpSecrets,
): Config {
  // An empty variable is what `KEY=` in a file leaves behind: it counts as unset.
  const given: Given = Object.fromEntries(
    Object.entries(variables).filter(([, value]) => value !== undefined && value !== ''),
  );
  const parsed = environment.safeParse(given);
  const misfits = (parsed.error?.issues ?? []).map(
    ({ path, message }) => `${path[0]?.toString() ?? ''} ${message}`,
  );
  const problems = [...misfits, ...contradictions(given, role)];
  if (!parsed.success || problems.length > 0) throw new ConfigProblems(problems);
  return configOf(parsed.data, makeUp);
}

/** The variables that are set, as they were given: what contradicts is told also where something else is misspelt. */
type Given = Partial<Record<keyof Environment, string>>;

const isDemo = ({
  HOST = defaultHost,
  STRIPE_SECRET_KEY,
}: Pick<Given, 'HOST' | 'STRIPE_SECRET_KEY'>): boolean =>
  loopback.has(HOST) && STRIPE_SECRET_KEY === undefined;

const hostOf = (url: string | undefined): string | null =>
  url !== undefined && URL.canParse(url) ? new URL(url).hostname.replace(/^\[|\]$/g, '') : null;

/** What is wrong between variables that may each be fine alone. */
function contradictions(env: Given, role: ProcessRole): string[] {
  const problems: string[] = [];
  const { HOST = defaultHost, STRIPE_SECRET_KEY: key } = env;
  const isLive = key?.startsWith('rk_live_') === true;
  const stripeHost = hostOf(env.STRIPE_API_BASE);
  if (key === undefined && !loopback.has(HOST)) {
    problems.push(
      `STRIPE_SECRET_KEY is missing: HOST ${HOST} is open to others, and the simulated Stripe is for this machine alone`,
    );
  }
  if (key === undefined && stripeHost !== null && !loopback.has(stripeHost)) {
    problems.push('STRIPE_SECRET_KEY is missing: STRIPE_API_BASE is no simulator on this machine');
  }
  if (isLive && role === 'all') {
    problems.push(
      'STRIPE_SECRET_KEY is a live key: npm start is for demo and test mode; run npm run api and npm run worker',
    );
  }
  if (isLive && stripeHost !== null && stripeHost !== 'api.stripe.com') {
    problems.push('STRIPE_API_BASE must be left unset with a live key: it would be sent to another server');
  }
  if (env.HOLDFAST_JWT_SECRET !== undefined && env.HOLDFAST_JWKS_URL !== undefined) {
    problems.push('HOLDFAST_JWT_SECRET and HOLDFAST_JWKS_URL exclude each other: tokens are checked one way');
  }
  if (env.SMTP_URL !== undefined && env.MAIL_FROM === undefined) {
    problems.push('MAIL_FROM is missing: SMTP_URL is set, and mail is sent in its name');
  }
  if (isLive && role === 'worker' && env.SMTP_URL === undefined) {
    problems.push('SMTP_URL is missing: with a live key people are told of their money by mail');
  }
  if (env.HOLDFAST_CALENDAR_URL !== undefined && env.HOLDFAST_CALENDAR_KEY === undefined) {
    problems.push(
      'HOLDFAST_CALENDAR_KEY is missing: HOLDFAST_CALENDAR_URL is set, and calendars let in who has a key',
    );
  }
  if (isDemo(env) || role === 'worker') return problems;
  if (env.STRIPE_WEBHOOK_SECRET === undefined) problems.push('STRIPE_WEBHOOK_SECRET is missing');
  if (env.STRIPE_CONNECT_WEBHOOK_SECRET === undefined)
    problems.push('STRIPE_CONNECT_WEBHOOK_SECRET is missing');
  if (env.HOLDFAST_JWT_SECRET === undefined && env.HOLDFAST_JWKS_URL === undefined) {
    problems.push('HOLDFAST_JWT_SECRET or HOLDFAST_JWKS_URL is missing');
  }
  if (env.HOLDFAST_JWT_SECRET !== undefined && env.HOLDFAST_JWT_SECRET.length < shortestJwtSecret) {
    problems.push(`HOLDFAST_JWT_SECRET is too short: at least ${shortestJwtSecret} characters`);
  }
  return problems;
}

function configOf(env: Environment, makeUp: (dataFolder: string) => MadeUpSecrets) {
  const dataFolder = resolve(env.HOLDFAST_DATA_DIR);
  const isDemoMode = loopback.has(env.HOST) && env.STRIPE_SECRET_KEY === undefined;
  const madeUp = isDemoMode ? makeUp(dataFolder) : null;
  return {
    demo: isDemoMode,
    api: {
      host: env.HOST,
      port: env.PORT,
      publicUrl: env.HOLDFAST_PUBLIC_URL ?? null,
      corsOrigins: env.HOLDFAST_CORS_ORIGINS ?? [],
    },
    auth: {
      secret: env.HOLDFAST_JWT_SECRET ?? (env.HOLDFAST_JWKS_URL === undefined ? madeUp?.jwt : undefined),
      jwksUrl: env.HOLDFAST_JWKS_URL,
      issuer: env.HOLDFAST_JWT_ISSUER,
      audience: env.HOLDFAST_JWT_AUDIENCE,
    },
    dataFolder,
    temporalPort: env.HOLDFAST_TEMPORAL_PORT,
    stripe: {
      /** Null: the simulator, which takes any test key. */
      key: env.STRIPE_SECRET_KEY ?? null,
      /** Null: no page of ours can take a payment but Stripe's own. */
      publishableKey: env.STRIPE_PUBLISHABLE_KEY ?? null,
      livemode: env.STRIPE_SECRET_KEY?.startsWith('rk_live_') === true,
      apiBase: env.STRIPE_API_BASE ?? null,
      simulatorPort: env.HOLDFAST_STRIPE_PORT,
      webhookSecrets: env.STRIPE_WEBHOOK_SECRET ?? (madeUp ? [madeUp.webhook] : []),
      connectWebhookSecrets: env.STRIPE_CONNECT_WEBHOOK_SECRET ?? (madeUp ? [madeUp.connectWebhook] : []),
    },
    calendar: {
      /** Null: the stand-in in demo mode, else none. */
      url: env.HOLDFAST_CALENDAR_URL ?? null,
      key: env.HOLDFAST_CALENDAR_KEY ?? null,
      standInPort: env.HOLDFAST_CALENDAR_PORT,
    },
    mail: {
      /** Null: messages are shown in the log instead of being sent. */
      smtp: env.SMTP_URL === undefined ? null : { url: env.SMTP_URL, from: env.MAIL_FROM ?? '' },
      adminEmail: env.HOLDFAST_ADMIN_EMAIL ?? null,
    },
    worker: { workflowCache: env.HOLDFAST_WORKFLOW_CACHE, bundle: env.HOLDFAST_WORKFLOW_BUNDLE ?? null },
    /** Null: the process decides; a terminal full of routine lines hides the start block. */
    logLevel: env.LOG_LEVEL ?? null,
  };
}
