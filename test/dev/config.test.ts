import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { ConfigProblems, environment, readConfig } from '../../worker/config.ts';
import type { ProcessRole } from '../../worker/config.ts';
import { madeUpSecrets } from '../../worker/made-up-secrets.ts';
import { createStripe, stripeBase } from '../../worker/stripe.ts';

const folder = mkdtempSync(join(tmpdir(), 'holdfast-config-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const nobodyMakesUp = (): never => {
  throw new Error('a secret was made up outside demo mode');
};

function problemsOf(variables: Record<string, string>, role: ProcessRole = 'all'): readonly string[] {
  try {
    readConfig(variables, role, nobodyMakesUp);
  } catch (error) {
    if (error instanceof ConfigProblems) return error.problems;
    throw error;
  }
  return [];
}

const production = {
  HOST: '0.0.0.0',
  STRIPE_SECRET_KEY: 'rk_live_abc',
  STRIPE_WEBHOOK_SECRET: 'whsec_a,whsec_b',
  STRIPE_CONNECT_WEBHOOK_SECRET: 'whsec_c',
  HOLDFAST_JWT_SECRET: 'x'.repeat(32),
};

describe('configuration', () => {
  it('lists every problem at once, each under its variable', () => {
    const problems = problemsOf({
      ...production,
      HOLDFAST_JWT_SECRET: 'x'.repeat(40),
      PORT: '99999',
      HOLDFAST_STRIPE_PORT: 'twelve',
      STRIPE_SECRET_KEY: 'hunter2',
      STRIPE_API_BASE: 'ftp://nowhere',
      DATABASE_URL: 'postgres://db',
      LOG_LEVEL: 'loud',
    });
    expect(new Set(problems.map((one) => one.split(' ')[0]))).toEqual(
      new Set([
        'DATABASE_URL',
        'HOLDFAST_STRIPE_PORT',
        'LOG_LEVEL',
        'PORT',
        'STRIPE_API_BASE',
        'STRIPE_SECRET_KEY',
      ]),
    );
  });

  it('tells what contradicts also where something else is misspelt', () => {
    const problems = problemsOf({ PORT: 'x', HOST: '0.0.0.0' }, 'api').join();
    for (const name of ['PORT', 'STRIPE_SECRET_KEY', 'STRIPE_WEBHOOK_SECRET', 'HOLDFAST_JWT_SECRET']) {
      expect(problems).toContain(name);
    }
  });

  it('never shows the value of a secret it refuses', () => {
    const problems = problemsOf({
      STRIPE_SECRET_KEY: 'sk_live_verysecret',
      HOLDFAST_JWT_SECRET: 'short-secret',
    });
    expect(problems).not.toEqual([]);
    expect(problems.join()).not.toMatch(/verysecret|short-secret/);
  });

  it('takes a complete production environment', () => {
    const config = readConfig(production, 'api', nobodyMakesUp);
    expect(config.demo).toBe(false);
    expect(config.stripe).toMatchObject({ livemode: true, webhookSecrets: ['whsec_a', 'whsec_b'] });
    expect(stripeBase(config)).toBe('https://api.stripe.com');
  });

  it('defaults no secret outside demo mode and names each that is missing', () => {
    const problems = problemsOf({ STRIPE_SECRET_KEY: 'sk_test_abc' }, 'api');
    expect(problems.map((one) => one.split(' ')[0])).toEqual([
      'STRIPE_WEBHOOK_SECRET',
      'STRIPE_CONNECT_WEBHOOK_SECRET',
      'HOLDFAST_JWT_SECRET',
    ]);
    expect(problemsOf({ STRIPE_SECRET_KEY: 'sk_test_abc' }, 'worker')).toEqual([]);
  });

  it('refuses to let the simulated Stripe stand behind an open door', () => {
    expect(problemsOf({ HOST: '0.0.0.0' }).join()).toMatch(/STRIPE_SECRET_KEY is missing/);
  });

  it.each([
    [
      'an unrestricted live key',
      { ...production, STRIPE_SECRET_KEY: 'sk_live_abc' },
      'api',
      /STRIPE_SECRET_KEY/,
    ],
    ['a live key in demo and test mode', { ...production, HOST: '127.0.0.1' }, 'all', /STRIPE_SECRET_KEY/],
    [
      'a live key sent to another server',
      { ...production, STRIPE_API_BASE: 'http://127.0.0.1:12111' },
      'api',
      /STRIPE_API_BASE/,
    ],
    [
      'two ways to check tokens',
      { ...production, HOLDFAST_JWKS_URL: 'https://id.example.org/k' },
      'api',
      /exclude each other/,
    ],
    ['a secret that can be guessed', { ...production, HOLDFAST_JWT_SECRET: 'secret' }, 'api', /too short/],
  ] as const)('refuses %s', (_, variables, role, why) => {
    expect(problemsOf(variables, role).join()).toMatch(why);
  });

  it('makes up the secrets of demo mode once, for their owner only, and the same ever after', () => {
    const read = () => readConfig({ HOLDFAST_DATA_DIR: folder }, 'all', madeUpSecrets);
    const first = read();
    expect(first.demo).toBe(true);
    expect(first.auth.secret).toMatch(/^[\w-]{43}$/);
    expect(read()).toEqual(first);
    expect(statSync(join(folder, 'secrets.json')).mode & 0o777).toBe(0o600);
  });

  it('prefers a secret given in demo mode to a made-up one', () => {
    const variables = {
      HOLDFAST_DATA_DIR: folder,
      STRIPE_WEBHOOK_SECRET: 'whsec_mine',
      HOLDFAST_JWT_SECRET: 'mine',
    };
    const config = readConfig(variables, 'all', madeUpSecrets);
    expect(config.stripe.webhookSecrets).toEqual(['whsec_mine']);
    expect(config.auth.secret).toBe('mine');
  });

  it('never lets the SDK repeat a request by itself', () => {
    const config = readConfig({ HOLDFAST_DATA_DIR: folder }, 'all', madeUpSecrets);
    const stripe = createStripe(config);
    expect(stripe.getMaxNetworkRetries()).toBe(0);
    expect(stripe.getApiField('host')).toBe('127.0.0.1');
    expect(stripe.getApiField('timeout')).toBe(20_000);
  });
});

describe('.env.example', () => {
  it('names every variable there is, and no other', () => {
    const text = readFileSync(resolve(import.meta.dirname, '../../.env.example'), 'utf8');
    const named = [...text.matchAll(/^#? ?([A-Z][A-Z_]+)=/gm)].map(([, name]) => name);
    expect(new Set(named)).toEqual(new Set(Object.keys(environment.shape)));
  });
});
