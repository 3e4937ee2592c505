/** Something did not work, in the form in which Stripe.js tells it. */
export const failure = (message, code = null) => ({ type: 'error', error: { message, code } });

const outcomeOf = (view) => {
  if (view.status === 'expired')
    return { ...failure('This checkout has expired. You have not been charged.', 'session_expired'), view };
  return view.problem
    ? { ...failure(view.problem.message, view.problem.code), view }
    : { type: 'success', view };
};

/** Asks the simulator about one session. The client secret is the whole right to do so. */
export const ask = async (origin, key, secret, call, more = {}) => {
  const [session] = secret.split('_secret_');
  try {
    const answer = await fetch(`${origin}/v1/payment_pages/${encodeURIComponent(session)}/${call}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}` },
      body: new URLSearchParams({ client_secret: secret, ...more }),
    });
    const body = await answer.json();
    if (answer.ok) return call === 'init' ? { type: 'success', view: body } : outcomeOf(body);
    return failure(body.error?.message ?? 'Something went wrong. Please try again.', body.error?.code);
  } catch {
    return failure('The payment service could not be reached. Please try again.', 'api_connection_error');
  }
};

/** Tells those who listen by name. */
export const emitter = () => {
  const listeners = new Map();
  return {
    on: (name, listener) => void listeners.set(name, [...(listeners.get(name) ?? []), listener]),
    emit: (name, value) => {
      for (const listener of listeners.get(name) ?? []) listener(value);
    },
  };
};
