import { elementAt, goTo, make } from './elements.mjs';

/** The whole payment page in a frame; it tells its height and its end, and nothing of the card leaves it. */
export const embeddedPage = async (origin, clientSecret, onComplete) => {
  const secret = await clientSecret;
  const [session] = secret.split('_secret_');
  const frame = make('iframe', {
    title: 'Secure payment form',
    src: `${origin}/c/embed/${session}#${secret}`,
  });
  // Set as properties: a style attribute would be refused by a strict content security policy.
  Object.assign(frame.style, { border: '0', width: '100%', height: '40rem' });
  const listen = ({ source, origin: from, data }) => {
    if (source !== frame.contentWindow || from !== origin) return;
    if (data.type === 'height') frame.style.height = `${data.height}px`;
    if (data.type !== 'complete') return;
    if (data.returnUrl === null) onComplete?.();
    else goTo(data.returnUrl);
  };
  const remove = () => {
    window.removeEventListener('message', listen);
    frame.remove();
  };
  return {
    mount(place) {
      window.addEventListener('message', listen);
      elementAt(place).replaceChildren(frame);
    },
    unmount: remove,
    destroy: remove,
  };
};
