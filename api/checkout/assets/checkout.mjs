const at = (id) => document.getElementById(id);
const page = at('checkout');
const { session } = page?.dataset ?? {};

const say = (text) => {
  at('progress').textContent = text;
};

const complain = (text) => {
  at('problem').textContent = text;
};

const goToCompletion = () => location.replace(`/checkout/complete?session_id=${encodeURIComponent(session)}`);

/** Ends a try that no other press of the button can mend. */
const giveUp = (text) => {
  say('');
  complain(text);
  at('again').hidden = false;
  at('again').addEventListener('click', () => location.reload());
};

const declined = {
  expired_card: 'This card has expired. Please use another one.',
  insufficient_funds: 'There is not enough money on this card. Please use another one.',
};

const failed = {
  api_connection_error:
    'The connection to the payment service broke. Please press the button again; you are never charged twice.',
  expired_card: declined.expired_card,
  payment_intent_authentication_failure:
    'Your bank could not confirm that it was you, so nothing was charged. Please try again or use another card.',
};

/** What went wrong, in words for the one who pays; where we have none, Stripe's own are for them too. */
const wordsFor = ({ code, message, paymentFailed }) =>
  declined[paymentFailed?.declineCode] ?? failed[code] ?? message ?? 'This did not work. Please try again.';

/** Tells our side to look at Stripe, and reads what it then knows; nothing where it gives no answer. */
const refreshed = async () => {
  try {
    const answer = await fetch(`/checkout/sessions/${encodeURIComponent(session)}/refresh`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '{}',
    });
    return answer.ok ? (await answer.json()).status : undefined;
  } catch {
    return undefined;
  }
};

/** Without a clear answer from Stripe the payment may have been made: then our side can find it there. */
const isPaidAnyway = async ({ code }) => {
  if (code !== null && code !== 'api_connection_error') return false;
  const now = await refreshed();
  return now !== undefined && now !== 'open';
};

let paying = false;

const busy = (on) => {
  paying = on;
  at('submit').setAttribute('aria-disabled', String(on));
  at('pay').setAttribute('aria-busy', String(on));
  say(on ? 'Paying… Please do not close this page.' : '');
};

const isOver = (actions) => actions.getSession().status.type !== 'open';

const pay = async (actions) => {
  // The first press decides; whoever presses again while it runs has pressed once.
  if (paying) return;
  complain('');
  busy(true);
  let result;
  try {
    result = await actions.confirm();
  } catch {
    result = { type: 'error', error: { code: 'api_connection_error' } };
  }
  // After a success the browser is on its way to the address that the session names.
  if (result.type === 'success') return;
  if (isOver(actions) || (await isPaidAnyway(result.error))) return goToCompletion();
  busy(false);
  complain(wordsFor(result.error));
};

const theme = () => (matchMedia('(prefers-color-scheme: dark)').matches ? 'night' : 'stripe');

const offerElements = async (stripe, clientSecret) => {
  const elementsOptions = { appearance: { theme: theme() } };
  const checkout = stripe.initCheckoutElementsSdk({ clientSecret, elementsOptions });
  const loaded = await checkout.loadActions();
  if (loaded.type === 'error') {
    // What cannot be paid any more cannot be loaded either.
    const now = await refreshed();
    return now === undefined || now === 'open' ? giveUp(wordsFor(loaded.error)) : goToCompletion();
  }
  const { actions } = loaded;
  // Our own state can lag behind Stripe's by as long as a webhook takes.
  if (isOver(actions)) return goToCompletion();
  at('pay').hidden = false;
  checkout.createPaymentElement().mount('#payment');
  say('');
  at('pay').addEventListener('submit', (event) => {
    event.preventDefault();
    void pay(actions);
  });
};

const offerEmbedded = async (stripe, clientSecret) => {
  const embedded = await stripe.createEmbeddedCheckoutPage({ fetchClientSecret: async () => clientSecret });
  embedded.mount('#payment');
  say('');
};

const takePayment = async (offer) => {
  const { clientSecret, publishableKey } = page.dataset;
  try {
    await offer(window.Stripe(publishableKey), clientSecret);
  } catch {
    giveUp('The payment form could not be loaded. Nothing was charged. Please check your connection.');
  }
};

const between = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

const show = (name) => {
  for (const outcome of page.children) outcome.hidden = outcome.dataset.outcome !== name;
  at('onward').hidden = name !== 'unpaid';
};

/** Our side looks at Stripe no oftener than this for one session. */
const betweenLooksMs = 2_000;
/** Half a minute is longer than any card takes; a bank debit takes days, and mail tells of it. */
const mostLooks = 15;
/** After this many looks at Stripe an unpaid session is one that nobody has paid. */
const looksUntilUnpaid = 3;

const follow = async () => {
  let known = page.dataset.status;
  for (let look = 1; look <= mostLooks && (known === 'open' || known === 'processing'); look += 1) {
    const now = await refreshed();
    known = now ?? known;
    const isStillOpen = known === 'open' && look >= looksUntilUnpaid;
    show(!isStillOpen ? known : now === undefined ? 'unknown' : 'unpaid');
    if (known === 'open' || known === 'processing') await between(betweenLooksMs);
  }
};

// A page that the browser kept as it was shows what was so then.
addEventListener('pageshow', (event) => {
  if (event.persisted) location.reload();
});

if (page?.dataset.page === 'elements') await takePayment(offerElements);
if (page?.dataset.page === 'embedded') await takePayment(offerEmbedded);
if (page?.dataset.page === 'completion') await follow();
