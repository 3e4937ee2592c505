import { make } from './elements.mjs';

/** Plays the bank that wants to know whether it is really its customer; closing the question answers no. */
export const askAsBank = (amount) =>
  new Promise((resolve) => {
    const answer = (textContent, outcome) =>
      make('button', { type: 'button', textContent, onclick: () => dialog.close(outcome) });
    const title = make('h2', { id: 'simulated-bank-title', textContent: 'Your bank asks: is it you?' });
    const dialog = make('dialog', { className: 'StripeAuthentication' }, [
      title,
      make('p', { textContent: `This test card wants a payment of ${amount} to be confirmed.` }),
      answer('Complete', 'complete'),
      ' ',
      answer('Fail', 'fail'),
    ]);
    dialog.setAttribute('aria-labelledby', title.id);
    dialog.addEventListener('close', () => {
      dialog.remove();
      resolve(dialog.returnValue === 'complete' ? 'complete' : 'fail');
    });
    document.body.append(dialog);
    dialog.showModal();
  });
