import { emitter, failure } from './ask.mjs';
import { elementAt, make } from './elements.mjs';

// Only names of test cards leave this file. A number that is none of Stripe's test numbers is never sent anywhere.

const methodFor = (number, testNumbers) => {
  const digits = number.replace(/[\s-]/g, '');
  if (!/^\d{13,19}$/.test(digits)) return failure('Your card number is incomplete.', 'incomplete_number');
  return Object.hasOwn(testNumbers, digits)
    ? { type: 'success', method: testNumbers[digits] }
    : failure(
        'Only Stripe’s test cards pay here, such as 4242 4242 4242 4242. Never enter a real card.',
        'incorrect_number',
      );
};

const expiryProblem = (expiry) => {
  const [, month, year] = /^\s*(\d{1,2})\s*\/?\s*(\d{2}|\d{4})\s*$/.exec(expiry) ?? [];
  if (month === undefined || Number(month) < 1 || Number(month) > 12)
    return failure('Your card’s expiry date is incomplete.', 'incomplete_expiry');
  const ends = new Date(Number(year.length === 2 ? `20${year}` : year), Number(month), 1);
  return ends <= new Date()
    ? failure('Your card’s expiry date is in the past.', 'invalid_expiry_year_past')
    : null;
};

const field = (name, label, placeholder) => {
  const input = make('input', { id: `simulated-card-${name}`, name, placeholder, inputMode: 'numeric' });
  // A browser's own wallet would offer real cards.
  input.autocomplete = 'off';
  return { input, line: make('label', { htmlFor: input.id }, [label, input]) };
};

/** The card form. It stands in the shop's own page and takes its styles; `collect` reads it, nothing submits it. */
export const cardForm = () => {
  const events = emitter();
  const number = field('number', 'Card number', '4242 4242 4242 4242');
  const expiry = field('expiry', 'Expiry date (MM / YY)', 'MM / YY');
  const cvc = field('cvc', 'Security code (CVC)', 'CVC');
  const form = make('fieldset', { className: 'StripeElement' }, [
    make('legend', { textContent: 'Card' }),
    number.line,
    expiry.line,
    cvc.line,
  ]);
  form.addEventListener('input', () => events.emit('change', {}));
  return {
    collect(testNumbers) {
      const card = methodFor(number.input.value, testNumbers);
      if (card.type === 'error') return card;
      const problem = expiryProblem(expiry.input.value);
      if (problem !== null) return problem;
      return /^\s*\d{3,4}\s*$/.test(cvc.input.value)
        ? card
        : failure('Your card’s security code is incomplete.', 'incomplete_cvc');
    },
    element: {
      on: events.on,
      mount(place) {
        elementAt(place).replaceChildren(form);
        queueMicrotask(() => events.emit('ready', {}));
      },
      unmount: () => form.remove(),
      destroy: () => form.remove(),
      focus: () => number.input.focus(),
    },
  };
};
