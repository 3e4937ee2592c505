import { ask, emitter, failure } from './ask.mjs';
import { askAsBank } from './bank-question.mjs';
import { cardForm } from './card-form.mjs';
import { goTo } from './elements.mjs';
import { shownSession } from './shown-session.mjs';

const looksLikeEmail = (text) => /^[^\s@]+@[^\s@]+\.[^\s@]+$/.test(text ?? '');
const emailProblem = () => failure('Please enter a valid e-mail address.', 'email_invalid');

/** One session on a page: its card form, what it shows, and the one try to pay that may be under way. */
export const checkoutFor = (origin, key, clientSecret) => {
  const events = emitter();
  const card = cardForm();
  let secret = '';
  let view;
  let email = null;
  let paying;
  let loading;

  const session = () => {
    const ready = view.status === 'open' && looksLikeEmail(email);
    return shownSession(view, email, ready && card.collect(view.test_numbers).type === 'success');
  };
  const changed = () => {
    if (view !== undefined) events.emit('change', session());
  };
  card.element.on('change', changed);

  const pay = async ({ returnUrl, redirect = 'always', email: given }) => {
    const address = given ?? email;
    if (!looksLikeEmail(address)) return emailProblem();
    const entered = card.collect(view.test_numbers);
    if (entered.type === 'error') return entered;
    let result = await ask(origin, key, secret, 'confirm', {
      payment_method: entered.method,
      email: address,
    });
    while (result.type === 'success' && result.view.requires_action) {
      const outcome = await askAsBank(session().total.total.amount);
      result = await ask(origin, key, secret, 'authenticate', { outcome });
    }
    // Without an answer nobody knows what happened: the bank may have said yes before the connection broke.
    const now = result.view === undefined ? await ask(origin, key, secret, 'init') : result;
    view = now.view ?? view;
    email = view.email ?? address;
    changed();
    if (result.type === 'error' && view.status !== 'complete') return result;
    const back = returnUrl?.replaceAll('{CHECKOUT_SESSION_ID}', view.id) ?? view.return_url;
    if (redirect === 'always' && back !== null) goTo(back);
    return { type: 'success', session: session() };
  };

  const actions = {
    getSession: session,
    async updateEmail(address) {
      if (!looksLikeEmail(address)) return emailProblem();
      email = address;
      changed();
      return { type: 'success', session: session() };
    },
    // While one press is under way, every other gets its answer.
    confirm(options = {}) {
      paying ??= pay(options).finally(() => {
        paying = undefined;
      });
      return paying;
    },
  };

  const load = async () => {
    secret = await clientSecret;
    const first = await ask(origin, key, secret, 'init');
    if (first.type === 'error') return first;
    view = first.view;
    email ??= view.email;
    changed();
    return { type: 'success', actions };
  };
  const loadActions = () => (loading ??= load());

  return {
    on: events.on,
    createPaymentElement: () => card.element,
    getPaymentElement: () => card.element,
    loadActions,
    session: () => (view === undefined ? null : session()),
    async confirm(options) {
      const loaded = await loadActions();
      return loaded.type === 'error' ? loaded : actions.confirm(options);
    },
  };
};
