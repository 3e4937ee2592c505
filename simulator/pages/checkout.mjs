const at = (id) => document.getElementById(id);
const embedded = location.pathname.startsWith('/c/embed/');

const say = (text) => {
  at('state').textContent = text;
};

const lead = (id, address) => {
  if (address === null || !/^https?:/.test(address)) return;
  at(id).href = address;
  at(id).hidden = false;
};

/** Tells the page around the frame; without one the browser goes on by itself. */
const tellOutside = (message) => {
  if (embedded) parent.postMessage(message, '*');
};

const showOrder = (session) => {
  at('items').replaceChildren(
    ...session.lineItems.map((item) => {
      const line = document.createElement('li');
      const name = document.createElement('strong');
      name.textContent = item.quantity === 1 ? item.name : `${item.quantity} × ${item.name}`;
      const about = item.description === null ? '' : ` ${item.description}`;
      line.append(name, about, ` – ${item.total.amount}`);
      return line;
    }),
  );
  at('total').textContent = session.total.total.amount;
  at('submit').textContent = `Pay ${session.total.total.amount}`;
};

const showEnd = (session) => {
  at('pay').hidden = true;
  at('numbers').hidden = true;
  at('back').hidden = true;
  const paid = session.status.paymentStatus === 'paid';
  if (session.status.type === 'expired') say('This checkout has expired. You have not been charged.');
  else say(paid ? 'Thank you, this is paid.' : 'Thank you. The payment is under way.');
  if (embedded) return;
  if (session.status.type === 'complete') lead('onward', session.page.returnUrl);
  else lead('back', session.page.cancelUrl);
};

const finish = (session) => {
  showEnd(session);
  const { redirectOnCompletion, returnUrl } = session.page;
  const stays = embedded && redirectOnCompletion !== 'always';
  if (embedded) tellOutside({ type: 'complete', returnUrl: stays ? null : returnUrl });
  else if (returnUrl !== null) location.assign(returnUrl);
};

const busy = (on) => {
  at('submit').disabled = on;
  at('pay').setAttribute('aria-busy', String(on));
  say(on ? 'Paying…' : '');
};

const press = async (actions) => {
  if (at('submit').disabled) return;
  at('problem').textContent = '';
  busy(true);
  const result = await actions.confirm({ email: at('email').value.trim(), redirect: 'if_required' });
  busy(false);
  if (result.type === 'success') return finish(result.session);
  at('problem').textContent = result.error.message;
  if (actions.getSession().status.type !== 'open') showEnd(actions.getSession());
};

const offerPayment = (actions, session) => {
  at('email').value = session.email ?? '';
  at('email').readOnly = session.email !== null;
  at('pay').hidden = false;
  at('numbers').hidden = false;
  say('');
  if (!embedded) lead('back', session.page.cancelUrl);
  at('pay').addEventListener('submit', (event) => {
    event.preventDefault();
    void press(actions);
  });
};

const begin = async () => {
  const clientSecret = location.hash.slice(1);
  if (clientSecret === '') return say('This link is not whole. Please open the one that the shop gave you.');
  const checkout = window.Stripe('pk_test_page').initCheckoutElementsSdk({ clientSecret });
  checkout.createPaymentElement().mount('#card');
  const loaded = await checkout.loadActions();
  if (loaded.type === 'error') return say(loaded.error.message);
  const session = loaded.actions.getSession();
  showOrder(session);
  if (session.status.type === 'open') offerPayment(loaded.actions, session);
  else showEnd(session);
};

new ResizeObserver(() => tellOutside({ type: 'height', height: document.body.scrollHeight })).observe(
  document.body,
);
await begin();
